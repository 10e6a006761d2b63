import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

import { makeFolder } from '@natsweep/results';

import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode, unavailable } from '../exit.ts';
import { nextSignal } from '../interrupt.ts';
import { engineOption, slotsOption, type WorkerOptions } from '../options.ts';
import { lastComplaint } from '../stack/app-process.ts';
import { runningStack } from '../stack/stack-file.ts';
import { Stack } from '../stack/stack.ts';

interface UpOptions extends WorkerOptions {
  readonly detach?: boolean;
  readonly json?: boolean;
  readonly metrics: string | false;
}

export const registerUp: Register = (program, cli, run) => {
  program
    .command('up')
    .description(
      'Starts everything that sweeps need on this machine and watches over it until Ctrl-C: a private Redis (unless REDIS_URL ' +
        'names one), the scheduler, a worker and the metrics exporter. Ctrl-C drains the worker, records what was measured and ' +
        'saves; nothing is lost, and sweeps go on with the next "natsweep up".',
    )
    .option('-d, --detach', 'return once the stack is ready; "natsweep down" stops it')
    .addOption(slotsOption())
    .addOption(engineOption())
    .option('--metrics <host:port>', 'where the exporter serves Prometheus metrics', '127.0.0.1:9463')
    .option('--no-metrics', 'start no exporter')
    .option('--json', 'print JSON, once the stack is ready')
    .action(run((options: UpOptions) => (options.detach === true ? detach(cli, options) : foreground(cli, options))));
};

async function foreground(
  { terminal, environment }: Cli,
  { slots, engine, metrics, json }: UpOptions,
): Promise<ExitCode> {
  const signal = nextSignal();
  terminal.status(`Starting the stack in ${environment.home} …`);
  const stack = await Stack.start(environment, {
    slots,
    engine,
    metrics: metrics === false ? null : metrics,
    onNote: terminal.note,
  });
  if (json === true) printStack({ terminal, environment });
  else {
    terminal.print(`${terminal.style('green', '●')} Ready: ${stack.describe()}`);
    const logs = join(environment.home, 'logs');
    terminal.print(terminal.style('dim', `  Launch with "natsweep launch FILE"; logs in ${logs}; Ctrl-C stops.`));
  }
  process.send?.('ready');
  await signal;
  await stopStack({ terminal }, stack);
  return exitCodes.ok;
}

/** The stack that runs in this home: the process that watches over it, and its apps. */
function printStack({ terminal, environment: { home } }: Cli): void {
  const { owner, apps } = runningStack(home)!;
  const pids = Object.entries(apps).map(([name, { pid }]) => [name, pid] as const);
  terminal.json({ home, pid: owner.pid, apps: Object.fromEntries(pids) });
}

/** Stops the stack and says so; a second Ctrl-C makes the worker hand its trials back instead of finishing them. */
export async function stopStack({ terminal }: Pick<Cli, 'terminal'>, stack: Stack): Promise<void> {
  terminal.note(
    'Stopping: running trials are finished or handed back, then everything is saved (Ctrl-C again to hurry).',
  );
  const stopped = stack.stop();
  void nextSignal().then(() => stack.hurry());
  await stopped;
  terminal.note('Stopped; nothing was lost.');
}

/** Runs `up` in the background and waits until it is ready or has ended. */
async function detach({ terminal, environment }: Cli, { slots, engine, metrics, json }: UpOptions): Promise<ExitCode> {
  const running = runningStack(environment.home);
  if (running !== undefined) {
    terminal.note(`A stack is running already in ${environment.home} (process ${running.owner.pid}).`);
    if (json === true) printStack({ terminal, environment });
    return exitCodes.ok;
  }
  const logs = join(environment.home, 'logs');
  makeFolder(logs, 0o700);
  const logFile = join(logs, 'up.log');
  const log = openSync(logFile, 'w', 0o600);
  const args = [
    'up',
    ...['--slots', slots, '--engine', engine],
    ...(metrics === false ? ['--no-metrics'] : ['--metrics', metrics]),
  ];
  const child = fork(process.argv[1]!, args, { detached: true, stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  terminal.status(`Starting the stack in ${environment.home} …`);
  const ready = await new Promise<boolean>((resolve) => {
    child.once('message', () => resolve(true));
    child.once('exit', () => resolve(false));
  });
  if (!ready)
    throw unavailable(lastComplaint(logFile)?.replace(/^natsweep: /, '') ?? `The stack did not start: see ${logFile}.`);
  child.disconnect();
  child.unref();
  if (json === true) printStack({ terminal, environment });
  else
    terminal.print(
      `${terminal.style('green', '●')} Ready in the background (process ${child.pid}); "natsweep down" stops it.`,
    );
  return exitCodes.ok;
}
