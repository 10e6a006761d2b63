import type { Observation } from '@natsweep/sweep';
import type { RedisAddress } from './address.ts';
import type { TrialFailure } from './batch-data.ts';
import { connect, type RedisConnection } from './connection.ts';
import { keys } from './keys.ts';
import { readPayload, reportPayload } from './payloads.ts';

/** What workers report: a finished trial, or a delivery that failed. */
export type Report = Observation | FailedDelivery;

/** The trials that failed in a delivery, or all of them if the delivery was lost. */
export interface FailedDelivery {
  readonly kind: 'failed-delivery';
  readonly sweep: string;
  /** Whether the batch is delivered again: attempts are left, and they can help. */
  readonly again: boolean;
  readonly attempts: readonly (TrialFailure & { readonly trialId: string })[];
}

const field = 'r';

/** The worker's end. */
export class ReportSender {
  readonly #redis: RedisConnection;
  readonly #onError: (error: Error) => void;

  /** A report that Redis refuses goes to `onError`; its trial is missing then, and will be planned again. */
  constructor(redis: RedisConnection, onError: (error: Error) => void) {
    this.#redis = redis;
    this.#onError = onError;
  }

  /** Sends without waiting for the answer. After an outage a report may arrive twice. */
  send(report: Report): void {
    this.#redis.xadd(keys.observations, '*', field, JSON.stringify(report)).catch(this.#onError);
  }
}

export interface ReportPage {
  readonly reports: readonly Report[];
  /** Entries that hold no report, as raw text. */
  readonly unreadable: readonly string[];
  /** Position behind the last entry; pass it to the next `read` and, once the page is committed, to `discard`. */
  readonly end: string;
}

/** Before the first entry of the stream. */
export const streamStart = '0-0';

/**
 * The collector's end. There is one reader, the active scheduler; an entry stays in the stream until it is discarded, so
 * a reader that begins at `streamStart` sees everything that is not committed.
 */
export class ReportReader {
  readonly #redis: RedisConnection;

  private constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  static async open(address: RedisAddress): Promise<ReportReader> {
    return new ReportReader(await connect(address, { onOutage: 'wait' }));
  }

  /** The next entries after `position`; waits up to `waitMs` for the first one if there is none. 0: does not wait. */
  async read(position: string, options: { readonly limit: number; readonly waitMs: number }): Promise<ReportPage> {
    const { limit, waitMs } = options;
    const reply =
      waitMs > 0
        ? await this.#redis.xread('COUNT', limit, 'BLOCK', waitMs, 'STREAMS', keys.observations, position)
        : await this.#redis.xread('COUNT', limit, 'STREAMS', keys.observations, position);
    const entries = reply?.[0]?.[1] ?? [];
    const reports: Report[] = [];
    const unreadable: string[] = [];
    for (const [, fields] of entries) {
      const text = fields[1] ?? '';
      const report = readPayload(reportPayload, text);
      if (report === undefined) unreadable.push(text);
      else reports.push(report);
    }
    return { reports, unreadable, end: entries.at(-1)?.[0] ?? position };
  }

  /** Removes every entry up to and including `position`, once they are committed. */
  async discard(position: string): Promise<void> {
    const [time, sequence] = position.split('-');
    await this.#redis.xtrim(keys.observations, 'MINID', `${time}-${Number(sequence) + 1}`);
  }

  close(): void {
    this.#redis.disconnect();
  }
}
