import type { RedisConnection } from './connection.ts';

/** A lock lasts no longer than this; so it is renewed at least every 20 seconds. */
export const longestLockMs = 60_000;

/**
 * KEYS: lock, set of those that may be lost, list of those in hand, job. ARGV: token, duration in ms, id, number of the delivery.
 * A lock that is nobody's has expired while Redis was away. It is taken again if nobody has noticed: the job is in hand still,
 * and was delivered to nobody else. One that is held is renewed by what Redis does also when its memory is full.
 */
const renew = `
  local holder = redis.call('GET', KEYS[1])
  if holder == ARGV[1] then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
  else
    if holder or redis.call('HGET', KEYS[4], 'ats') ~= ARGV[4] then return 0 end
    if not redis.call('LPOS', KEYS[3], ARGV[3]) then return 0 end
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  end
  redis.call('SREM', KEYS[2], ARGV[3])
  return 1
`;

/** One delivery of a job, as BullMQ keeps it in Redis. */
export interface HeldJob {
  readonly id: string;
  readonly token: string;
  /** 1 for the first. */
  readonly delivery: number;
  /** The key of this name in the queue. */
  readonly toKey: (name: string) => string;
}

/** The lock of a job while it is worked on. */
export interface RenewedLock {
  /** Aborted when the job is found to be someone else's, or nobody's. */
  readonly lost: AbortSignal;
  /** Ends the renewal. */
  release(): void;
}

/**
 * Renews the lock of a job three times in its duration, counted by timers, and first of all when Redis is back after an outage,
 * which may have been longer than the lock lasts. BullMQ's own renewal asks the wall clock what is due: after a clock was set back
 * it would renew nothing for as long as that.
 */
export function renewLock(connection: RedisConnection, job: HeldJob, durationMs: number): RenewedLock {
  const { id, token, delivery, toKey } = job;
  const lost = new AbortController();
  const keys = [`${toKey(id)}:lock`, toKey('stalled'), toKey('active'), toKey(id)];
  const extend = (): void => {
    connection.eval(renew, keys.length, ...keys, token, durationMs, id, delivery).then(
      (renewed) => renewed === 1 || lost.abort('lock lost'),
      // a connection that fails tells nothing of the lock: the next renewal does
      () => {},
    );
  };
  const timer = setInterval(extend, durationMs / 3);
  // waits at the head of what is sent when Redis is back
  connection.on('close', extend);
  return {
    lost: lost.signal,
    release: () => {
      clearInterval(timer);
      connection.off('close', extend);
    },
  };
}
