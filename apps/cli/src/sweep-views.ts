import { readSummaries, readWorkers, type SweepSummary, type WorkerStatus } from '@natsweep/queue';
import type { ResultsStore, StoredSweep } from '@natsweep/results';
import type { SweepSpec } from '@natsweep/sweep';

import type { Environment } from './environment.ts';
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
