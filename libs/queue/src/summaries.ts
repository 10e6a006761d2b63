import type { RedisConnection } from './connection.ts';
import { keys } from './keys.ts';
import type { SweepSummary } from './messages.ts';

/** Publishes the state of sweeps; only the active scheduler does. */
export async function writeSummaries(connection: RedisConnection, summaries: readonly SweepSummary[]): Promise<void> {
  if (summaries.length === 0) return;
  await connection.hset(
    keys.summaries,
    Object.fromEntries(summaries.map((summary) => [summary.name, JSON.stringify(summary)])),
  );
}

/** The summary of one sweep, or undefined if no scheduler has published one. */
export async function readSummary(connection: RedisConnection, sweep: string): Promise<SweepSummary | undefined> {
  const json = await connection.hget(keys.summaries, sweep);
  return json === null ? undefined : (JSON.parse(json) as SweepSummary);
}

/** Every published summary, oldest sweep first. */
export async function readSummaries(connection: RedisConnection): Promise<readonly SweepSummary[]> {
  const all = Object.values(await connection.hgetall(keys.summaries)).map((json) => JSON.parse(json) as SweepSummary);
  return all.sort((a, b) => a.createdAtMs - b.createdAtMs || a.name.localeCompare(b.name));
}
