import {
  readStall,
  readSummaries,
  readWorkers,
  type Stall,
  type SweepSummary,
  type WorkerStatus,
} from '@natsweep/queue';
import { isRetired, type ResultsStore, type StoredSweep } from '@natsweep/results';
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
  /** Why the scheduler does not get on; null: it does, or there is none. */
  readonly stall: Stall | null;
}

/** All sweeps but those that keep what others no longer plan, oldest first: from the scheduler's summaries where a stack runs, else from the database. */
export async function readOverview(environment: Environment): Promise<Overview> {
  try {
    return await withRedis(environment, async (redis) => ({
      sweeps: await readSummaries(redis),
      workers: await readWorkers(redis),
      stall: (await readStall(redis)) ?? null,
    }));
  } catch (error) {
    const named = environment.redisUrl !== undefined;
    if (named || (error as Error).name !== 'RedisUnavailableError') throw error;
    const sweeps = databaseExists(environment) ? await withResults(environment, viewAll) : [];
    return { sweeps, workers: null, stall: null };
  }
}

/** Refuses a sweep that is not there or has ended, which no command changes. */
export async function requireUnended(environment: Environment, name: string, verb: string): Promise<void> {
  refuseEnded(await findSweep(environment, name), verb);
}

export function refuseEnded({ name, state }: SweepView, verb: string): void {
  if (state !== 'completed' && state !== 'cancelled') return;
  throw badInput(`${name} is ${state}: there is nothing to ${verb}.`);
}

/** Bad input if there is none of this name. */
export async function findSweep(environment: Environment, name: string): Promise<SweepView> {
  return findByName((await readOverview(environment)).sweeps, name);
}

/** A sweep that keeps what others no longer plan; undefined if there is none of this name. */
export async function findRetired(environment: Environment, name: string): Promise<SweepView | undefined> {
  if (!isRetired(name) || !databaseExists(environment)) return undefined;
  return withResults(environment, async (results) => {
    const stored = await results.getSweep(name);
    return stored && viewStored(stored, results);
  });
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
  const sweeps = (await results.listSweeps()).filter(({ name }) => !isRetired(name));
  return Promise.all(sweeps.map(async (sweep) => viewStored(sweep, results)));
}

async function viewStored(sweep: StoredSweep, results: ResultsStore): Promise<SweepView> {
  const counts = await results.counts(sweep.name);
  const { priority, weight, slots = null } = JSON.parse(sweep.spec) as SweepSpec;
  const share = { priority, weight, slots };
  return { ...sweep, ...counts, share, trialsPerSecond: 0, etaSeconds: null, objective: null };
}
