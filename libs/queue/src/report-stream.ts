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

/** An entry of the stream repeats this field, once per report. */
const field = 'r';
/** An entry ends with the report that fills one of these: so many reports, or so many characters of them together. */
const maxGathered = 64;
const maxGatheredCharacters = 1 << 16;

/**
 * The worker's end. Reports that come together go to Redis together: as a command and a system call each, they would cost
 * more than the trials of a batch that take no time.
 */
export class ReportSender {
  readonly #redis: RedisConnection;
  readonly #onError: (error: Error) => void;
  #gathered: string[] = [];
  #characters = 0;

  /** A report that Redis refuses goes to `onError`; its trial is missing then, and will be planned again. */
  constructor(redis: RedisConnection, onError: (error: Error) => void) {
    this.#redis = redis;
    this.#onError = onError;
  }

  /** Sends, soon and without waiting for the answer. After an outage a report may arrive twice. */
  send(report: Report): void {
    const text = JSON.stringify(report);
    if (this.#gathered.length === 0) process.nextTick(() => this.flush());
    this.#gathered.push(field, text);
    this.#characters += text.length;
    if (this.#gathered.length >= 2 * maxGathered || this.#characters >= maxGatheredCharacters) this.flush();
  }

  /** Sends what was gathered; to be called before what was reported counts as done. */
  flush(): void {
    if (this.#gathered.length === 0) return;
    const reports = this.#gathered;
    this.#gathered = [];
    this.#characters = 0;
    this.#redis.xadd(keys.observations, '*', ...reports).catch(this.#onError);
  }
}

export interface ReportPage {
  readonly reports: readonly Report[];
  /** Entries that hold no report, as raw text. */
  readonly unreadable: readonly string[];
  /** Position behind the last entry; pass it to the next `read` and, once the page is committed, to `discard`. */
  readonly end: string;
  /** Whether there may be more behind it. */
  readonly isFull: boolean;
}

/** Entries that are read first. They may hold many reports each: only if they do not, more are read at a time. */
const firstEntries = 16;
/** Characters that fill a page: what a page takes in memory is several times that. */
const maxPageCharacters = 1 << 23;

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

  /**
   * The next reports after `position`, not many more than `limit`; waits up to `waitMs` for the first one if there is none.
   * 0: does not wait.
   */
  async read(position: string, options: { readonly limit: number; readonly waitMs: number }): Promise<ReportPage> {
    const reports: Report[] = [];
    const unreadable: string[] = [];
    let end = position;
    let characters = 0;
    let { waitMs } = options;
    for (let count = Math.min(firstEntries, options.limit); ; count *= 4) {
      const entries = await this.#entries(end, count, waitMs);
      for (const [id, fields] of entries) {
        end = id;
        for (const text of fields.filter((_, i) => i % 2 === 1)) {
          characters += text.length;
          const report = readPayload(reportPayload, text);
          if (report === undefined) unreadable.push(text);
          else reports.push(report);
        }
      }
      if (entries.length < count) return { reports, unreadable, end, isFull: false };
      if (reports.length + unreadable.length >= options.limit || characters >= maxPageCharacters)
        return { reports, unreadable, end, isFull: true };
      waitMs = 0;
    }
  }

  async #entries(position: string, count: number, waitMs: number): Promise<[id: string, fields: string[]][]> {
    const reply =
      waitMs > 0
        ? await this.#redis.xread('COUNT', count, 'BLOCK', waitMs, 'STREAMS', keys.observations, position)
        : await this.#redis.xread('COUNT', count, 'STREAMS', keys.observations, position);
    return reply?.[0]?.[1] ?? [];
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
