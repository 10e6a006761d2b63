import {
  streamStart,
  type BatchQueue,
  type FailedDelivery,
  type Lease,
  type ReportPage,
  type ReportReader,
} from '@natsweep/queue';
import type { ResultsStore } from '@natsweep/results';
import type { Observation, TrialRecord } from '@natsweep/sweep';
import type { Logger } from '@natsweep/telemetry';
import { failedTrials } from './failed-trials.ts';
import { recordObservations } from './record-observations.ts';
import type { Locate, Sweeps } from './sweeps.ts';

/** About how many reports a transaction commits at most: the index over trial ids is written all over by each. */
const pageLimit = 4000;
/** From a page of few reports to the next: many in one transaction cost little more than one. The fuller, the sooner. */
const gatherMs = 200;

export interface CollectorOptions {
  readonly results: ResultsStore;
  readonly queue: BatchQueue;
  readonly reader: ReportReader;
  readonly sweeps: Sweeps;
  /** Required before anything is written. */
  readonly lease: Pick<Lease, 'require'>;
  readonly logger: Logger;
}

/** Carries what workers report into the database. What is reported leaves Redis only when it is committed. */
export class Collector {
  readonly #results: ResultsStore;
  readonly #queue: BatchQueue;
  readonly #reader: ReportReader;
  readonly #sweeps: Sweeps;
  readonly #lease: CollectorOptions['lease'];
  readonly #logger: Logger;
  #gathersUntilMs = 0;
  /** The page behind one that was full and is committed. */
  #ahead: Promise<ReportPage> | undefined;

  constructor({ results, queue, reader, sweeps, lease, logger }: CollectorOptions) {
    this.#results = results;
    this.#queue = queue;
    this.#reader = reader;
    this.#sweeps = sweeps;
    this.#lease = lease;
    this.#logger = logger;
  }

  /** The reports that are not committed yet; waits a while for the first one. */
  async nextPage(waitMs: number): Promise<ReportPage> {
    const leftMs = this.#ahead === undefined ? this.#gathersUntilMs - performance.now() : 0;
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    return this.#read(waitMs);
  }

  /** What was read and not committed is to be read again: it is still in the stream. */
  forget(): void {
    this.#ahead = undefined;
  }

  /** @throws LeaseLostError, before anything is written. */
  async commit({ reports, unreadable, end, isFull }: ReportPage): Promise<void> {
    this.#lease.require();
    this.#gathersUntilMs = performance.now() + gatherMs * (1 - Math.min(1, reports.length / pageLimit));
    for (const text of unreadable) this.#logger.error({ text: text.slice(0, 200) }, 'a report is not readable');
    const observations = await this.#placed(reports.filter((report) => report.kind === 'observation'));
    if (observations.length > 0) {
      const refused = await recordObservations(this.#results, observations, this.#logger);
      const accepted = refused.length === 0 ? observations : without(observations, refused);
      await this.#sweeps.observed(accepted);
      await this.#sweeps.failed(refused);
    }
    const failed = reports.filter((report) => report.kind === 'failed-delivery');
    if (failed.length > 0) await this.#recordFailedDeliveries(failed);
    // not before: the page behind one that was not committed must not be discarded with it
    if (isFull) this.#readAhead(end);
    if (end !== streamStart) {
      this.#lease.require();
      await this.#reader.discard(end);
    }
  }

  /** Commits everything that was reported before this call. */
  async drain(): Promise<void> {
    this.forget();
    for (;;) {
      const page = await this.#read(0);
      await this.commit(page);
      if (!page.isFull) return;
    }
  }

  /**
   * Records the trials of batches whose attempts are used up, then lets go of the batches. Reports are drained in
   * between: a trial may have finished in an attempt that failed afterwards.
   */
  async recordFailures(): Promise<void> {
    const batches = await this.#queue.failed();
    if (batches.length === 0) return;
    await this.drain();
    const trials = (await this.#placed(batches.flatMap(failedTrials))).filter(
      ({ sweep, index }) => this.#sweeps.run(sweep)?.isRecorded(index) !== true,
    );
    this.#lease.require();
    await this.#results.record(trials);
    await this.#sweeps.failed(trials);
    await this.#queue.remove(batches.map(({ batchId }) => batchId));
    for (const { batchId, data } of batches) this.#sweeps.run(data.sweep)?.inFlight.drop(batchId);
  }

  async #recordFailedDeliveries(deliveries: readonly FailedDelivery[]): Promise<void> {
    await this.#results.recordAttempts(
      deliveries.flatMap(({ sweep, attempts }) => attempts.map((attempt) => ({ sweep, ...attempt }))),
    );
    for (const { sweep, again, attempts } of deliveries) {
      const run = this.#sweeps.run(sweep);
      for (const { attempt } of attempts) run?.attempted(attempt.elapsedSeconds);
      if (!again) continue;
      for (const failure of new Set(attempts.map((each) => each.failure))) run?.tally.retry(failure);
    }
  }

  /** Records at their place in the grid, without those of trials that their sweep does not plan, or not any more. */
  async #placed<Record extends TrialRecord>(records: readonly Record[]): Promise<readonly Record[]> {
    const locators = new Map<string, Locate>();
    for (const { sweep } of records) {
      if (!locators.has(sweep)) locators.set(sweep, await this.#sweeps.locator(sweep));
    }
    return records.flatMap((record) => {
      const index = locators.get(record.sweep)?.(record);
      return index === undefined ? [] : index === record.index ? [record] : [{ ...record, index }];
    });
  }

  #read(waitMs: number): Promise<ReportPage> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    return ahead ?? this.#reader.read(streamStart, { limit: pageLimit, waitMs });
  }

  #readAhead(position: string): void {
    this.#ahead = this.#reader.read(position, { limit: pageLimit, waitMs: 0 });
    // whoever takes it hears of its failure; perhaps nobody does
    this.#ahead.catch(() => {});
  }
}

function without(observations: readonly Observation[], refused: readonly { readonly trialId: string }[]) {
  const ids = new Set(refused.map(({ trialId }) => trialId));
  return observations.filter(({ trialId }) => !ids.has(trialId));
}
