import { readSummaries, readWorkers, type SweepSummary, type WorkerStatus } from '@natsweep/queue';
import type { ResultsStore, StoredSweep } from '@natsweep/results';
import { nearest, type SweepSpec } from '@natsweep/sweep';

import type { Environment } from './environment.ts';
import { badInput } from './exit.ts';
import { withRedis } from './with-redis.ts';
import { databaseExists, withResults } from './with-results.ts';

/** What is known of a sweep with or without a running stack. */
export type SweepView = Pick<
  SweepSummary,
  | 'name'
  | 'experiment'
  | 'state'
  | 'stateReason'
  | 'share'
  | 'planned'
  | 'observed'
  | 'failed'
  | 'byOutcome'
  | 'byFailure'
  | 'trialsPerSecond'
  | 'etaSeconds'
  | 'objective'
  | 'createdAtMs'
>;

export interface Overview {
  readonly sweeps: readonly SweepView[];
  /** null: no Redis answers, so no stack runs and `sweeps` are as the database has them. */
  readonly workers: readonly WorkerStatus[] | null;
}

/** All sweeps, oldest first: from the scheduler's summaries where a stack runs, else from the database. */
export async function readOverview(environment: Environment): Promise<Overview> {
  try {
    return await withRedis(environment, async (redis) => ({
      sweeps: await readSummaries(redis),
      workers: await readWorkers(redis),
    }));
  } catch (error) {
    const named = environment.redisUrl !== undefined;
    if (named || (error as Error).name !== 'RedisUnavailableError') throw error;
    const sweeps = databaseExists(environment) ? await withResults(environment, viewAll) : [];
    return { sweeps, workers: null };
  }
}

/** The sweep of this name if it has not ended, as those are that a command changes; bad input otherwise. */
export async function requireUnended(environment: Environment, name: string, verb: string): Promise<SweepView> {
  const { sweeps } = await readOverview(environment);
  const sweep = findByName(sweeps, name);
  if (sweep.state === 'completed' || sweep.state === 'cancelled') {
    throw badInput(`${name} is ${sweep.state}: there is nothing to ${verb}.`);
  }
  return sweep;
}

/** Bad input with the nearest name if there is none of this one. */
export function findByName<Named extends { readonly name: string }>(sweeps: readonly Named[], name: string): Named {
  const found = sweeps.find((sweep) => sweep.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    sweeps.map((sweep) => sweep.name),
  );
  const hint = near === undefined ? '"natsweep status" lists the sweeps.' : `did you mean ${near}?`;
  throw badInput(`There is no sweep named ${name}; ${hint}`);
}

async function viewAll(results: ResultsStore): Promise<readonly SweepView[]> {
  const sweeps = await results.listSweeps();
  return Promise.all(sweeps.map(async (sweep) => viewStored(sweep, results)));
}

async function viewStored(sweep: StoredSweep, results: ResultsStore): Promise<SweepView> {
  const counts = await results.counts(sweep.name);
  const { priority, weight, slots = null } = JSON.parse(sweep.spec) as SweepSpec;
  const share = { priority, weight, slots };
  return { ...sweep, ...counts, share, trialsPerSecond: 0, etaSeconds: null, objective: null };
}
