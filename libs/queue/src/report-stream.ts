import { setTimeout as pause } from 'node:timers/promises';
import type { Observation } from '@natsweep/sweep';
import type { RedisAddress } from './address.ts';
import type { TrialFailure } from './batch-data.ts';
import { connect, type RedisConnection } from './connection.ts';
import { keys } from './keys.ts';
import { joinObservation, splitObservation, type SharedPart } from './observation-parts.ts';
import { readPayload, reportPayload, sharedPayload } from './payloads.ts';
import { isRefusal, repeatAfterMs } from './refusal.ts';

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

/** An entry of the stream is made of these two fields, again and again: a report, or what the observations after it share. */
const fields = { report: 'r', shared: 's' } as const;
/** An entry ends with the report that fills one of these: so many reports, or so many characters of them together. */
const maxGathered = 64;
const maxGatheredCharacters = 1 << 16;

/** Told why Redis does not take a report, and what becomes of it. */
export type OnReportRefused = (error: Error, fate: 'waits' | 'lost') => void;

/**
 * The worker's end. Reports that come together go to Redis together: as a command and a system call each, they would cost
 * more than the trials of a batch that take no time.
 */
export class ReportSender {
  readonly #redis: RedisConnection;
  readonly #onError: OnReportRefused;
  #gathered: string[] = [];
  #reports = 0;
  #characters = 0;
  /** What is said already of the observations that follow. */
  #shared: { readonly part: SharedPart; readonly text: string } | undefined;
  /** Entries that Redis had no room for, and those behind them. */
  #refused: (readonly string[])[] = [];
  #repetition: Promise<void> | undefined;
  #isRefused = false;
  /** Resolves when all that was sent is in Redis, or lost. */
  #told: Promise<unknown> = Promise.resolve();

  /**
   * What Redis has no room for is told again until it has: `onError` hears when that begins. Trials whose report Redis does not
   * take at all are missing then, and will be planned again.
   */
  constructor(redis: RedisConnection, onError: OnReportRefused) {
    this.#redis = redis;
    this.#onError = onError;
  }

  /** Sends, soon and without waiting for the answer. After an outage a report may arrive twice. */
  send(report: Report): void {
    if (this.#gathered.length === 0) process.nextTick(() => this.flush());
    if (report.kind === 'observation') {
      const { shared, own } = splitObservation(report);
      this.#share(shared);
      this.#gather(fields.report, JSON.stringify(own));
    } else this.#gather(fields.report, JSON.stringify(report));
    this.#reports += 1;
    if (this.#reports >= maxGathered || this.#characters >= maxGatheredCharacters) this.flush();
  }

  /** Sends what was gathered; to be called before what was reported counts as done. */
  flush(): void {
    if (this.#reports === 0) return;
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#reports = 0;
    this.#characters = 0;
    this.#shared = undefined;
    const told = this.#refused.length > 0 ? this.#wait(gathered) : this.#tell(gathered);
    this.#told = this.#told.then(() => told);
  }

  /** Resolves when Redis has everything that was sent: not before it has room for it. To be awaited before its connection ends. */
  async settle(): Promise<void> {
    this.flush();
    await this.#told;
  }

  /** Resolves when the entry is in Redis, or lost. */
  #tell(entry: readonly string[]): Promise<void> {
    return this.#redis.xadd(keys.observations, '*', ...entry).then(
      () => void (this.#isRefused = false),
      (error: Error) => {
        if (!isRefusal(error)) return this.#onError(error, 'lost');
        if (!this.#isRefused) this.#onError(error, 'waits');
        this.#isRefused = true;
        return this.#wait(entry);
      },
    );
  }

  #wait(entry: readonly string[]): Promise<void> {
    this.#refused.push(entry);
    return (this.#repetition ??= this.#repeat());
  }

  async #repeat(): Promise<void> {
    await pause(repeatAfterMs, undefined, { ref: false });
    this.#repetition = undefined;
    await Promise.all(this.#refused.splice(0).map((entry) => this.#tell(entry)));
  }

  #share(part: SharedPart): void {
    if (this.#shared !== undefined && isSame(part, this.#shared.part)) return;
    const text = JSON.stringify(part);
    if (text !== this.#shared?.text) this.#gather(fields.shared, text);
    this.#shared = { part, text };
  }

  #gather(field: string, text: string): void {
    this.#gathered.push(field, text);
    this.#characters += text.length;
  }
}

/** As far as can be told without writing both as text, which takes longer than what is reported. */
function isSame(one: SharedPart, other: SharedPart): boolean {
  const [at, there] = [one.attempt, other.attempt];
  return (
    one.engine === other.engine &&
    one.sweep === other.sweep &&
    at.attempt === there.attempt &&
    at.worker === there.worker &&
    at.slot === there.slot &&
    at.gpu === there.gpu
  );
}

type Entry = readonly [id: string, fields: readonly string[]];

export interface ReportPage {
  readonly reports: readonly Report[];
  /** Entries that hold no report, as raw text. */
  readonly unreadable: readonly string[];
  /** Position behind the last entry; pass it to the next `read` and, once the page is committed, to `discard`. */
  readonly end: string;
  /** Whether there may be more behind it. */
  readonly isFull: boolean;
}

/** Characters that fill a page: what a page takes in memory is several times that. */
const maxPageCharacters = 1 << 23;
/** Entries read at a time: most hold less than `maxGatheredCharacters`, so that together they fill a page. */
const maxEntries = maxPageCharacters / maxGatheredCharacters;

/** Before the first entry of the stream. */
export const streamStart = '0-0';

/**
 * The collector's end. There is one reader, the active scheduler; an entry stays in the stream until it is discarded, so
 * a reader that begins at `streamStart` sees everything that is not committed.
 */
export class ReportReader {
  readonly #redis: RedisConnection;
  /** Reports per entry, as last seen: what is read beyond the end of a page is read again. */
  #gathered = maxGathered;

  private constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  static async open(address: RedisAddress): Promise<ReportReader> {
    return new ReportReader(await connect(address, { onOutage: 'wait' }));
  }

  /**
   * The next reports after `position`, at most `limit` and what else is in the entry of the last one; waits up to `waitMs` for
   * the first one if there is none. 0: does not wait.
   */
  async read(
    position: string,
    { limit, waitMs }: { readonly limit: number; readonly waitMs: number },
  ): Promise<ReportPage> {
    const page = new PageUnderWay(position, limit);
    for (let firstWaitMs = waitMs; ; firstWaitMs = 0) {
      const count = Math.min(maxEntries, Math.ceil((limit - page.size) / this.#gathered));
      const entries = await this.#entries(page.end, count, firstWaitMs);
      for (const entry of entries) if (!page.isFull) page.add(entry);
      if (page.entries > 0) this.#gathered = page.size / page.entries;
      if (page.isFull || entries.length < count) return page.finish();
    }
  }

  async #entries(position: string, count: number, waitMs: number): Promise<readonly Entry[]> {
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

/** A page while entries are added to it. */
class PageUnderWay {
  readonly #reports: Report[] = [];
  readonly #unreadable: string[] = [];
  readonly #shared = new Map<string, SharedPart | undefined>();
  readonly #limit: number;
  #characters = 0;
  end: string;
  entries = 0;

  constructor(position: string, limit: number) {
    this.end = position;
    this.#limit = limit;
  }

  get size(): number {
    return this.#reports.length + this.#unreadable.length;
  }

  get isFull(): boolean {
    return this.size >= this.#limit || this.#characters >= maxPageCharacters;
  }

  add([id, pairs]: Entry): void {
    this.end = id;
    this.entries += 1;
    let shared: SharedPart | undefined;
    for (let i = 0; i < pairs.length; i += 2) {
      const text = pairs[i + 1] as string;
      this.#characters += text.length;
      if (pairs[i] === fields.shared) shared = this.#readShared(text);
      else this.#addReport(text, shared);
    }
  }

  #addReport(text: string, shared: SharedPart | undefined): void {
    const report = readPayload(reportPayload, text);
    if (report?.kind === 'failed-delivery') this.#reports.push(report);
    else if (report === undefined || shared === undefined) this.#unreadable.push(text);
    else this.#reports.push(joinObservation(shared, report));
  }

  /** The same value for the same text: a slot repeats itself in entry after entry. */
  #readShared(text: string): SharedPart | undefined {
    if (!this.#shared.has(text)) this.#shared.set(text, readPayload(sharedPayload, text));
    return this.#shared.get(text);
  }

  finish(): ReportPage {
    return { reports: this.#reports, unreadable: this.#unreadable, end: this.end, isFull: this.isFull };
  }
}
