import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './connection.ts';
import { shortenExpiries } from './expiries.ts';
import { keys } from './keys.ts';
import { holderPayload, readPayload, type Holder } from './payloads.ts';
import { isAlive, processSpace } from './process-space.ts';

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

/** What only the holder of the lease may do was begun while it was held, and is given up: it is not held any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/**
 * The right to be the one active scheduler. A timer renews it, so that it lasts while the process lives, however long a step
 * of its work takes, and ends when the process is suspended or cut off. Whoever writes calls `require` just before. Should the
 * process be suspended between the two, the results database refuses what it writes later (`ResultsStore.takeOver`), and no
 * harm is done to the queue: what a scheduler does there may be done twice.
 */
export class Lease {
  readonly #redis: RedisConnection;
  readonly #durationMs: number;
  readonly #value: string;
  #validUntilMs = -Infinity;
  #renewal: NodeJS.Timeout | undefined;

  constructor(redis: RedisConnection, durationMs: number = defaultDurationMs) {
    this.#redis = redis;
    this.#durationMs = durationMs;
    this.#value = JSON.stringify({ id: randomUUID(), space: processSpace(), pid: process.pid } satisfies Holder);
  }

  /** Whether the lease is held now, by this process's own monotonic clock. */
  get held(): boolean {
    return performance.now() < this.#validUntilMs;
  }

  /** @throws LeaseLostError if the lease is not held now. */
  require(): void {
    if (!this.held) throw new LeaseLostError('suspended or cut off for longer than the lease lasts');
  }

  /** Takes the lease if it is free, and keeps it. Returns whether it is held now. */
  async acquire(): Promise<boolean> {
    const askedAtMs = performance.now();
    const acquired =
      (await this.#redis.set(keys.lease, this.#value, 'PX', this.#durationMs, 'NX')) === 'OK' ||
      (await this.#replace(this.#value, this.#value)) ||
      (await this.#takeOverFromDead());
    this.#keep(acquired ? askedAtMs : undefined);
    return acquired;
  }

  /** Frees the lease at once, for a scheduler that ends in good order. */
  async release(): Promise<void> {
    this.#keep(undefined);
    await this.#replace(this.#value, '');
  }

  /** Notes when the lease was asked for that is held now; undefined: it is not. */
  #keep(askedAtMs: number | undefined): void {
    this.#validUntilMs = askedAtMs === undefined ? -Infinity : askedAtMs + this.#durationMs;
    if (askedAtMs === undefined) {
      clearInterval(this.#renewal);
      this.#renewal = undefined;
    } else {
      // while Redis is away the lease runs out by itself
      this.#renewal ??= setInterval(() => void this.#renew().catch(() => {}), this.#durationMs / 5).unref();
    }
  }

  /** Never takes a lease that was freed meanwhile. */
  async #renew(): Promise<void> {
    const askedAtMs = performance.now();
    const renewed = await this.#replace(this.#value, this.#value);
    const isReleased = this.#renewal === undefined;
    if (!isReleased) this.#keep(renewed ? askedAtMs : undefined);
  }

  /** A holder whose process was seen from here and is gone will never renew: its successor need not wait. */
  async #takeOverFromDead(): Promise<boolean> {
    await shortenExpiries(this.#redis, [keys.lease], longestLeaseMs);
    const value = await this.#redis.get(keys.lease);
    if (value === null) return false;
    const holder = readPayload(holderPayload, value);
    const dead = holder?.space === processSpace() && (holder.pid === process.pid || !isAlive(holder.pid));
    return dead && this.#replace(value, this.#value);
  }

  async #replace(expected: string, value: string): Promise<boolean> {
    const replaced = await this.#redis.eval(replaceIfEqual, 1, keys.lease, expected, value, this.#durationMs);
    return replaced === 1;
  }
}
