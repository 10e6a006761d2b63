import { Argument, type Command } from 'commander';

import { namedSweeps } from '@natsweep/catalogue';

import type { Register } from '../cli.ts';
import { exitCodes } from '../exit.ts';
import { createProgram } from '../program.ts';
import { addAllCommands } from './index.ts';

const scripts: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashScript,
  zsh: (commands) =>
    `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`,
  fish: fishScript,
};

export const registerCompletion: Register = (program, cli, run) => {
  program
    .command('completion')
    .description('Prints a script that lets the Tab key complete commands, options and names of sweeps.')
    .addArgument(new Argument('<shell>').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      `
Examples:
  $ natsweep completion bash >> ~/.bashrc
  $ natsweep completion zsh >> ~/.zshrc
  $ natsweep completion fish > ~/.config/fish/completions/natsweep.fish
`,
    )
    .action(
      run(async (shell: string) => {
        const whole = createProgram(cli);
        await addAllCommands(whole, cli, run);
        cli.terminal.print(scripts[shell]!(whole.commands));
        return exitCodes.ok;
      }),
    );
};

/** Names of the sweeps of this home; completion must stay silent where there are none. */
const recordedSweeps = 'natsweep status 2>/dev/null | tail -n +2 | cut -f 1';

function bashScript(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const words = [...argumentWords(command), ...optionFlags(command)].join(' ');
    const sweeps = takesSweep(command) ? ` $(${recordedSweeps})` : '';
    return `    ${command.name()}) words="${words}${sweeps}" ;;`;
  });
  return `_natsweep() {
  local words="${commands.map((command) => command.name()).join(' ')}"
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _natsweep natsweep`;
}

function fishScript(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap((command) => {
    const name = command.name();
    const inside = `complete -c natsweep -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c natsweep -f -n __fish_use_subcommand -a ${name} -d ${quoted(command.summary())}`,
      ...argumentWords(command).map((word) => `${inside} -a ${word}`),
      ...(takesSweep(command) ? [`${inside} -f -a '(${recordedSweeps})'`] : []),
      ...command.options.map(
        ({ long, short, description }) =>
          `${inside} -l ${long?.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`} -d ${quoted(description)}`,
      ),
    ];
  });
  return lines.join('\n');
}

/** What may stand after a command, beside options and sweeps of this home. */
function argumentWords(command: Command): readonly string[] {
  const words = command.registeredArguments.flatMap((argument) =>
    argument.name() === 'file|name' ? namedSweeps() : (argument.argChoices ?? []),
  );
  return [...command.commands.map((sub) => sub.name()), ...words];
}

function takesSweep(command: Command): boolean {
  return command.registeredArguments.some((argument) => argument.name() === 'sweep');
}

function optionFlags(command: Command): readonly string[] {
  return [...command.options.map(({ long }) => long ?? ''), '--help'];
}
