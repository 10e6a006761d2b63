import type { StoredSweep } from '@natsweep/results';

import type { Cli } from './cli.ts';
import { badInput } from './exit.ts';
import { appearsWithinMs, describeEnd, followSweep } from './follow.ts';
import type { WorkerOptions } from './options.ts';
import { order } from './order.ts';
import { refuseMissingData } from './plan/refuse-missing-data.ts';
import { runningStack } from './stack/stack-file.ts';
import { Stack } from './stack/stack.ts';
import type { LoadedSweep } from './sweep-source.ts';
import { withRedis } from './with-redis.ts';
import { databaseExists, isOlderSchema, withResults } from './with-results.ts';

/** How long a scheduler that starts may take to bring the database of an older natsweep up to date. */
const updatedWithinMs = 60_000;
const pollMs = 250;

/**
 * Those of the sweeps that are not completed here: all, with a note, where an older natsweep wrote the database and no
 * stack has brought it up to date yet.
 */
export async function findUnfinished(cli: Cli, sweeps: readonly LoadedSweep[]): Promise<readonly LoadedSweep[]> {
  try {
    const recorded = await findRecorded(cli, sweeps);
    return sweeps.filter((_, i) => recorded[i]?.state !== 'completed');
  } catch (error) {
    if (!isOlderSchema(error)) throw error;
    cli.terminal.note('What is recorded here is not known before a stack has brought the database up to date.');
    return sweeps;
  }
}

/** What is recorded of each sweep here. Refuses a record of the same name that asked another question. */
async function findRecorded(
  { environment }: Cli,
  sweeps: readonly LoadedSweep[],
): Promise<readonly (StoredSweep | undefined)[]> {
  if (!databaseExists(environment)) return sweeps.map(() => undefined);
  return withResults(environment, async (results) => {
    const all: (StoredSweep | undefined)[] = [];
    for (const { spec } of sweeps) {
      const stored = await results.getSweep(spec.name);
      if (stored !== undefined && stored.spec !== JSON.stringify(spec)) {
        throw badInput(
          `${environment.home} holds a sweep ${spec.name} of another version of natsweep: choose another home with NATSWEEP_HOME.`,
        );
      }
      all.push(stored);
    }
    return all;
  });
}

/** Works on the stack of this home, or on one of its own that is stopped in the end, whatever happens. */
export async function withStack<T>(
  { terminal, environment }: Cli,
  { slots, engine }: WorkerOptions,
  use: () => Promise<T>,
): Promise<T> {
  if (runningStack(environment.home) !== undefined) return use();
  terminal.status(`Starting a stack in ${environment.home} …`);
  const stack = await Stack.start(environment, { slots, engine, metrics: null, onNote: terminal.note });
  terminal.note(`${terminal.style('green', '●')} Started ${stack.describe()}.`);
  try {
    return await use();
  } finally {
    terminal.status('Stopping the stack …');
    await stack.stop();
    terminal.status('');
  }
}

/**
 * Launches the sweeps that are not recorded in part, one after the other, and follows each to its end. Refuses, before
 * anything runs, those whose data a worker lacks. False if `signal` came first.
 */
export async function runToEnd(cli: Cli, sweeps: readonly LoadedSweep[], signal: AbortSignal): Promise<boolean> {
  const before = await findRecordedOnceUpdated(cli, sweeps, signal);
  for (const [i, sweep] of sweeps.entries()) {
    if (before[i] === undefined) await refuseMissingData(cli.environment, sweep);
  }
  for (const sweep of sweeps) {
    const [recorded] = await findRecorded(cli, [sweep]);
    if (recorded?.state === 'completed') continue;
    if (recorded === undefined) await launch(cli, sweep);
    else cli.terminal.note(`${sweep.spec.name} goes on where it stopped.`);
    if (!(await follow(cli, sweep, signal))) return false;
  }
  return true;
}

/** The worker of a stack may be ready before its scheduler has brought the database up to date. */
async function findRecordedOnceUpdated(
  cli: Cli,
  sweeps: readonly LoadedSweep[],
  signal: AbortSignal,
): Promise<readonly (StoredSweep | undefined)[]> {
  const deadlineMs = Date.now() + updatedWithinMs;
  for (;;) {
    try {
      return await findRecorded(cli, sweeps);
    } catch (error) {
      if (!isOlderSchema(error) || signal.aborted || Date.now() > deadlineMs) throw error;
      cli.terminal.status('Waiting for the database to be brought up to date …');
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}

async function launch(cli: Cli, { spec }: LoadedSweep): Promise<void> {
  const { message } = await order(cli, { kind: 'submit', spec: JSON.stringify(spec) });
  cli.terminal.note(`${cli.terminal.style('green', '✓')} ${message}`);
}

async function follow({ terminal, environment }: Cli, { spec }: LoadedSweep, signal: AbortSignal): Promise<boolean> {
  const end = await withRedis(environment, (redis) =>
    followSweep(terminal, redis, { sweep: spec.name, signal, appearsWithinMs }),
  );
  if (end !== undefined) terminal.note(describeEnd(end));
  return end !== undefined;
}
