import type { Register } from '../cli.ts';
import { CliError, exitCodes } from '../exit.ts';
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
    .action(
      run(async ({ dryRun }: { dryRun?: boolean }) => {
        const { terminal, environment } = cli;
        const stack = runningStack(environment.home);
        if (dryRun === true) {
          const apps = Object.entries((stack ?? readStack(environment.home))?.apps ?? {});
          if (apps.length === 0) terminal.print(`No stack runs in ${environment.home}.`);
          for (const [name, { pid }] of apps) terminal.print(`would stop ${name} (process ${pid})`);
          return exitCodes.ok;
        }
        if (stack === undefined) {
          const stopped = await stopLeftovers(environment.home);
          terminal.note(
            stopped.length === 0
              ? `No stack runs in ${environment.home}.`
              : `Stopped what a killed stack had left running: ${stopped.join(', ')}.`,
          );
          return exitCodes.ok;
        }
        terminal.status('Stopping: running trials are finished or handed back, then everything is saved …');
        signalProcess(stack.owner, 'SIGTERM');
        // its apps are stopped one after the other, each with its own deadline
        if (!(await waitForExit(stack.owner, 3 * stopDeadlineMs))) {
          throw new CliError(
            `The stack (process ${stack.owner.pid}) has not ended: look into ${environment.home}/logs, and end it with "kill -9 ${stack.owner.pid}" before you run "natsweep down" again.`,
            exitCodes.negative,
          );
        }
        terminal.note('Stopped; nothing was lost.');
        return exitCodes.ok;
      }),
    );
};
