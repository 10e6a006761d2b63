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
import { databaseExists, withResults } from './with-results.ts';

/** What is recorded of a sweep here. Refuses a record of the same name that asked another question. */
export async function findRecorded({ environment }: Cli, { spec }: LoadedSweep): Promise<StoredSweep | undefined> {
  if (!databaseExists(environment)) return undefined;
  const stored = await withResults(environment, (results) => results.getSweep(spec.name));
  if (stored !== undefined && stored.spec !== JSON.stringify(spec)) {
    throw badInput(
      `${environment.home} holds a sweep ${spec.name} of another version of natsweep: choose another home with NATSWEEP_HOME.`,
    );
  }
  return stored;
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

/** Launches a sweep, unless it is recorded in part, and follows it to its end. False if `signal` came first. */
export async function runToEnd(cli: Cli, sweep: LoadedSweep, signal: AbortSignal): Promise<boolean> {
  const { terminal, environment } = cli;
  const { name } = sweep.spec;
  const recorded = await findRecorded(cli, sweep);
  if (recorded === undefined) {
    await refuseMissingData(environment, sweep);
    const answer = await order(cli, { kind: 'submit', spec: JSON.stringify(sweep.spec) });
    terminal.note(`${terminal.style('green', '✓')} ${answer}`);
  } else {
    terminal.note(`${name} goes on where it stopped.`);
  }
  const end = await withRedis(environment, (redis) =>
    followSweep(terminal, redis, { sweep: name, signal, appearsWithinMs }),
  );
  if (end !== undefined) terminal.note(describeEnd(end));
  return end !== undefined;
}
