import type { RedisConnection } from './connection.ts';
import { keys } from './keys.ts';
import type { SweepSummary } from './messages.ts';
import { readPayload, summaryPayload } from './payloads.ts';

/** Publishes the state of sweeps; only the active scheduler does. */
export async function writeSummaries(connection: RedisConnection, summaries: readonly SweepSummary[]): Promise<void> {
  if (summaries.length === 0) return;
  await connection.hset(
    keys.summaries,
    Object.fromEntries(summaries.map((summary) => [summary.name, JSON.stringify(summary)])),
  );
}

/** The summary of one sweep, or undefined if no scheduler has published one that can be read. */
export async function readSummary(connection: RedisConnection, sweep: string): Promise<SweepSummary | undefined> {
  const json = await connection.hget(keys.summaries, sweep);
  return json === null ? undefined : readPayload(summaryPayload, json);
}

/** Every published summary, oldest sweep first. */
export async function readSummaries(connection: RedisConnection): Promise<readonly SweepSummary[]> {
  const all = Object.values(await connection.hgetall(keys.summaries)).map((json) => readPayload(summaryPayload, json));
  return all
    .filter((summary) => summary !== undefined)
    .sort((a, b) => a.createdAtMs - b.createdAtMs || a.name.localeCompare(b.name));
}
