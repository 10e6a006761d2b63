import type { RedisConnection } from './connection.ts';
import { keys } from './keys.ts';
import { cancelledPayload, readPayload } from './payloads.ts';

/** Trials that workers need not finish: those of `trialIds`, or all of the sweep if there are none. */
export interface Cancelled {
  readonly sweep: string;
  readonly trialIds?: readonly string[];
}

/** Tells the workers. A worker that does not hear it finishes its trial in vain, and no harm is done. */
export async function sendCancelled(connection: RedisConnection, cancelled: Cancelled): Promise<void> {
  await connection.publish(keys.cancelled, JSON.stringify(cancelled));
}

/** Calls `listener` for everything that is cancelled, until the returned function is called; passes over other messages. */
export async function onCancelled(
  connection: RedisConnection,
  listener: (cancelled: Cancelled) => void,
): Promise<() => void> {
  const subscriber = connection.duplicate();
  subscriber.on('error', () => {});
  subscriber.on('message', (_, message) => {
    const cancelled = readPayload(cancelledPayload, message);
    if (cancelled !== undefined) listener(cancelled);
  });
  await subscriber.subscribe(keys.cancelled);
  return () => subscriber.disconnect();
}
