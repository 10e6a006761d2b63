import { version } from '@natsweep/telemetry/version';
import { Command, CommanderError } from 'commander';

import type { Cli, Run } from './cli.ts';
import { addCommand, listCommands } from './commands/index.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { explain } from './explain.ts';

const environmentHelp = `
Environment:
  NATSWEEP_HOME          where Redis, results and logs are kept (default:
                         .natsweep in the current folder)
  REDIS_URL              a Redis to use instead of a private one, redis:// or
                         rediss:// (TLS)
  NATSWEEP_DATABASE_URL  sqlite:FILE or postgres://… (default: results.sqlite in
                         the home)
  NATSWEEP_DATA          a folder with a folder for each image data set that is
                         in no package, such as cifar10
  NATSWEEP_LOG_LEVEL     debug, info, warn or error (default: info)
  NO_COLOR               no colours

Exit codes:
    0  done
    1  done, and the answer is no: trials failed, a check did not pass, the
       stack ended by a fault
    2  bad input: nothing was changed, nothing was queued
    3  something is not there: Redis, the database, a running stack, a program,
       disk space
  130  Ctrl-C

First steps:
  $ natsweep doctor      what works on this machine and what is missing
  $ natsweep quickstart  a sweep on MNIST from start to picture, in minutes
`;

/** Runs one command line and returns its exit code; nothing below this function ends the process. */
export async function runCommandLine(args: readonly string[], cli: Cli): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const run: Run =
    (work) =>
    async (...workArgs) => {
      exitCode = await work(...workArgs);
    };
  // "natsweep help plan" as "natsweep plan --help"
  const line = args[0] === 'help' ? [...args.slice(1), '--help'] : args;
  const program = createProgram(cli);
  try {
    const isKnown = await addCommand(line[0], program, cli, run);
    if (!isKnown) listCommands(program);
    // of a wrong name, --help would show the help of natsweep as if nothing were wrong
    const isWrong = !isKnown && line[0] !== undefined && !line[0].startsWith('-');
    await program.parseAsync(isWrong ? line.slice(0, 1) : line, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed help, or what was wrong with the arguments
    if (error instanceof CommanderError) return endOfCommander(error, program, line, cli);
    const explanation = explain(error);
    const message = explanation?.message ?? `a fault of natsweep itself, please report it: ${(error as Error).stack}`;
    for (const line of message.split('\n')) cli.terminal.note(`${cli.terminal.style('red', 'natsweep:')} ${line}`);
    return explanation?.exitCode ?? exitCodes.negative;
  }
}

function endOfCommander(
  { exitCode, code }: CommanderError,
  program: Command,
  line: readonly string[],
  cli: Cli,
): ExitCode {
  if (exitCode === 0) return exitCodes.ok;
  const command = program.commands.find((candidate) => candidate.name() === line[0]);
  const names = command === undefined ? '' : ` ${nameOf(command, line.slice(1))}`;
  if (code !== 'commander.help') cli.terminal.note(`"natsweep${names} --help" shows what can be given.`);
  return exitCodes.badInput;
}

/** The command, and the one of its own commands that the line names. */
function nameOf(command: Command, rest: readonly string[]): string {
  const sub = command.commands.find((candidate) => candidate.name() === rest[0]);
  return sub === undefined ? command.name() : `${command.name()} ${sub.name()}`;
}

/** The program without its commands. */
export function createProgram(cli: Cli): Command {
  return new Command('natsweep')
    .description('Large, reproducible sweeps of natural against Euclidean gradient descent.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help for a command')
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText('after', environmentHelp)
    .exitOverride()
    .configureOutput({
      getOutHelpWidth: () => Math.min(cli.terminal.columns(), 110),
      writeOut: (text) => cli.terminal.print(text.replace(/\n$/, '')),
      writeErr: (text) => cli.terminal.note(text.replace(/\n$/, '')),
      outputError: (text, write) => write(`${cli.terminal.style('red', 'natsweep:')} ${inOneSentence(text)}`),
    });
}

/** What commander says of a line that is wrong, as the other errors are said: the place, then what to give there. */
function inOneSentence(text: string): string {
  const said = text.trim().replace(/^error: /, '');
  const place =
    /^(?:option '.*?(--[\w-]+).*?' argument|command-argument value) '(.*?)' is invalid(?: for argument '(.*)')?\. (.)(.*)$/s;
  return said
    .replace(/\n\(Did you mean (.*)\?\)$/, ': did you mean $1?')
    .replace(place, (_, option?: string, value = '', argument?: string, first = '', rest = '') => {
      return `${option ?? `<${argument}>`} ${value}: ${first.toLowerCase()}${rest}`;
    });
}
