import type { Register } from '../cli.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { ChangeOptions } from '../order.ts';
import { stopDeadlineMs, stopLeftovers } from '../stack/leftovers.ts';
import { signalProcess, waitForExit } from '../stack/process-identity.ts';
import { readStack, runningStack } from '../stack/stack-file.ts';

export const registerDown: Register = (program, cli, run) => {
  program
    .command('down')
    .description(
      'Stops the stack that "natsweep up" started in this home: the worker finishes or hands back its trials, the scheduler ' +
        'records what was measured, Redis saves. Unfinished sweeps go on with the next "natsweep up".',
    )
    .option('-n, --dry-run', 'say what would be stopped and stop nothing')
    .option('--json', 'print JSON')
    .action(
      run(async ({ dryRun, json }: ChangeOptions) => {
        const { terminal, environment } = cli;
        const { home } = environment;
        const stack = runningStack(home);
        const apps = (stack ?? readStack(home))?.apps ?? {};
        if (dryRun === true) {
          if (json === true) terminal.json({ home, stopped: Object.keys(apps), dryRun });
          else if (Object.keys(apps).length === 0) terminal.print(`No stack runs in ${home}.`);
          else
            for (const [name, { pid }] of Object.entries(apps)) terminal.print(`would stop ${name} (process ${pid})`);
          return exitCodes.ok;
        }
        if (stack === undefined) {
          const stopped = await stopLeftovers(home);
          terminal.note(
            stopped.length === 0
              ? `No stack runs in ${home}.`
              : `Stopped what a killed stack had left running: ${stopped.join(', ')}.`,
          );
          if (json === true) terminal.json({ home, stopped });
          return exitCodes.ok;
        }
        terminal.status('Stopping: running trials are finished or handed back, then everything is saved …');
        signalProcess(stack.owner, 'SIGTERM');
        // its apps are stopped one after the other, each with its own deadline
        if (!(await waitForExit(stack.owner, 3 * stopDeadlineMs))) {
          throw new CliError(
            `The stack (process ${stack.owner.pid}) has not ended: look into ${home}/logs, and end it with "kill -9 ${stack.owner.pid}" before you run "natsweep down" again.`,
            exitCodes.negative,
          );
        }
        terminal.note('Stopped; nothing was lost.');
        if (json === true) terminal.json({ home, stopped: Object.keys(apps) });
        return exitCodes.ok;
      }),
    );
};
