import { randomUUID } from 'node:crypto';
import { replyLifetimeSeconds } from './commands.ts';
import type { RedisConnection } from './connection.ts';
import { keys } from './keys.ts';
import type { CommandReply } from './messages.ts';
import { readPayload, replyPayload, slotsRequestPayload } from './payloads.ts';

/** What a worker is asked: to run so many trial processes from now on. */
export interface SlotsRequest {
  readonly commandId: string;
  readonly slots: number;
}

export interface RequestSlotsOptions {
  /** As in the registry. */
  readonly worker: string;
  readonly slots: number;
  /** How long to wait for the worker's answer; it starts trial processes meanwhile. Default 60,000. */
  readonly timeoutMs?: number;
}

/** Asks a worker that runs. Resolves to its answer, or to undefined if it is not there or does not answer in time. */
export async function requestSlots(
  connection: RedisConnection,
  { worker, slots, timeoutMs = 60_000 }: RequestSlotsOptions,
): Promise<CommandReply | undefined> {
  const request: SlotsRequest = { commandId: randomUUID(), slots };
  const waiting = connection.duplicate({ socketTimeout: timeoutMs + 1000 });
  waiting.on('error', () => {});
  try {
    if ((await connection.publish(keys.workerSlots(worker), JSON.stringify(request))) === 0) return undefined;
    const reply = await waiting.blpop(keys.reply(request.commandId), timeoutMs / 1000);
    return reply === null ? undefined : readPayload(replyPayload, reply[1]);
  } finally {
    waiting.disconnect();
  }
}

/** The worker's end: answers what it is asked, until the returned function is called. */
export async function onSlotsRequest(
  connection: RedisConnection,
  worker: string,
  answer: (slots: number) => Promise<CommandReply>,
): Promise<() => void> {
  const subscriber = connection.duplicate();
  subscriber.on('error', () => {});
  subscriber.on('message', (_, message) => {
    const request = readPayload(slotsRequestPayload, message);
    // a worker that has ended meanwhile cannot answer; who asked hears that it does not
    if (request !== undefined) reply(request).catch(() => {});
  });
  const reply = async ({ commandId, slots }: SlotsRequest) => {
    const key = keys.reply(commandId);
    const text = JSON.stringify(await answer(slots));
    await connection.multi().rpush(key, text).expire(key, replyLifetimeSeconds).exec();
  };
  await subscriber.subscribe(keys.workerSlots(worker));
  return () => subscriber.disconnect();
}
