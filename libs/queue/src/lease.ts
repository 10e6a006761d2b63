import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { RedisConnection } from './connection.ts';
import { shortenExpiries } from './expiries.ts';
import { keys } from './keys.ts';
import { holderPayload, readPayload, type Holder } from './payloads.ts';

/** A lease that is not renewed for this long is free. */
const defaultDurationMs = 10_000;
/** No lease lasts longer, and every holder renews its lease in a third of this. */
export const longestLeaseMs = 60_000;

/** KEYS: lease. ARGV: the value it must have, the value to write ('' to delete), duration in ms. */
const replaceIfEqual = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
  return 1
`;

/**
 * The right to be the one active scheduler. It is a matter of thrift, not of safety: what a scheduler does is harmless if
 * another does it too, so one that was suspended and finishes its last step after losing the lease breaks nothing.
 */
export class Lease {
  readonly #redis: RedisConnection;
  readonly #durationMs: number;
  readonly #value: string;
  #validUntilMs = -Infinity;

  constructor(redis: RedisConnection, durationMs: number = defaultDurationMs) {
    this.#redis = redis;
    this.#durationMs = durationMs;
    this.#value = JSON.stringify({ id: randomUUID(), host: hostname(), pid: process.pid } satisfies Holder);
  }

  /** Whether the lease is held now, by this process's own monotonic clock. */
  get held(): boolean {
    return performance.now() < this.#validUntilMs;
  }

  /** Takes the lease if it is free, or renews it if it is held. Returns whether it is held now. */
  async acquire(): Promise<boolean> {
    const askedAtMs = performance.now();
    const acquired =
      (await this.#redis.set(keys.lease, this.#value, 'PX', this.#durationMs, 'NX')) === 'OK' ||
      (await this.#replace(this.#value, this.#value)) ||
      (await this.#takeOverFromDead());
    this.#validUntilMs = acquired ? askedAtMs + this.#durationMs : -Infinity;
    return acquired;
  }

  /** Frees the lease at once, for a scheduler that ends in good order. */
  async release(): Promise<void> {
    this.#validUntilMs = -Infinity;
    await this.#replace(this.#value, '');
  }

  /** A holder of this host whose process is gone will never renew: its successor need not wait. */
  async #takeOverFromDead(): Promise<boolean> {
    await shortenExpiries(this.#redis, [keys.lease], longestLeaseMs);
    const value = await this.#redis.get(keys.lease);
    if (value === null) return false;
    const holder = readPayload(holderPayload, value);
    const dead = holder?.host === hostname() && (holder.pid === process.pid || !isAlive(holder.pid));
    return dead && this.#replace(value, this.#value);
  }

  async #replace(expected: string, value: string): Promise<boolean> {
    const replaced = await this.#redis.eval(replaceIfEqual, 1, keys.lease, expected, value, this.#durationMs);
    return replaced === 1;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
