import type { RedisConnection } from './connection.ts';
import { keys } from './keys.ts';
import { readPayload, stallPayload } from './payloads.ts';
import { isRefusal } from './refusal.ts';
import { readSummaries } from './summaries.ts';

/** Why the active scheduler records nothing and admits nothing, though it tries again and again. */
export interface Stall {
  /** One sentence with the place and the fix. */
  readonly message: string;
  readonly sinceMs: number;
}

/** Far longer than a scheduler waits before it tries again; so nobody is told for long of one that has died meanwhile. */
const expiryMs = 60_000;

/** Tells everyone; to be called at every failure. */
export async function tellStall(connection: RedisConnection, stall: Stall): Promise<void> {
  await connection.set(keys.stall, JSON.stringify(stall), 'PX', expiryMs);
}

/** It is over. */
export async function endStall(connection: RedisConnection): Promise<void> {
  await connection.del(keys.stall);
}

/** Undefined while the scheduler gets on, or there is none. Where Redis takes no writes, nobody can tell but Redis. */
export async function readStall(connection: RedisConnection): Promise<Stall | undefined> {
  const message = await refusalNow(connection);
  if (message !== undefined) {
    const published = (await readSummaries(connection)).map(({ updatedAtMs }) => updatedAtMs);
    return { message, sinceMs: published.length === 0 ? Date.now() : Math.max(...published) };
  }
  const json = await connection.get(keys.stall);
  return json === null ? undefined : readPayload(stallPayload, json);
}

/** Why Redis takes no writes now; undefined if it does, and for users who may only look: asked by a write that changes nothing. */
async function refusalNow(connection: RedisConnection): Promise<string | undefined> {
  try {
    await connection.setrange(keys.probe, 0, '');
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error.message;
    if ((error as Error).name === 'ReplyError') return undefined;
    throw error;
  }
}
