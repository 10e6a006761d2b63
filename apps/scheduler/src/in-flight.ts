import { IndexSet, type Trial } from '@natsweep/sweep';

/** Where a trial that was admitted is, and which one it is. */
interface Place {
  readonly batchId: string;
  readonly trialId: string;
}

interface Admitted {
  readonly indices: Set<number>;
  /** What each of its trials is expected to take. */
  readonly secondsPerTrial: number;
}

/** The trials of one sweep that were admitted to the queue and have no record yet, by batch. */
export class InFlight {
  /** Grid indices, for planning. */
  readonly indices = new IndexSet();
  readonly #byBatch = new Map<string, Admitted>();
  readonly #places = new Map<number, Place>();
  #seconds = 0;

  get batchIds(): readonly string[] {
    return [...this.#byBatch.keys()];
  }

  get batches(): number {
    return this.#byBatch.size;
  }

  /** The slot time that they are expected to take. */
  get seconds(): number {
    return this.#seconds;
  }

  /** The slot time that these batches are expected to take. */
  secondsOf(batchIds: readonly string[]): number {
    const batches = batchIds.flatMap((batchId) => this.#byBatch.get(batchId) ?? []);
    return batches.reduce((sum, { indices, secondsPerTrial }) => sum + indices.size * secondsPerTrial, 0);
  }

  /** The trial that is in flight for a grid index; undefined if none is. */
  trialAt(index: number): string | undefined {
    return this.#places.get(index)?.trialId;
  }

  /** The batches that hold any of these trials. */
  batchesOf(indices: Iterable<number>): readonly string[] {
    const found = new Set<string>();
    for (const index of indices) {
      const place = this.#places.get(index);
      if (place !== undefined) found.add(place.batchId);
    }
    return [...found];
  }

  /** @param secondsPerTrial the slot time that each is expected to take */
  add(batchId: string, trials: Iterable<Pick<Trial, 'index' | 'trialId'>>, secondsPerTrial: number): void {
    const batch = this.#byBatch.get(batchId) ?? { indices: new Set<number>(), secondsPerTrial };
    for (const { index, trialId } of trials) {
      if (!this.indices.add(index)) continue;
      batch.indices.add(index);
      this.#places.set(index, { batchId, trialId });
      this.#expect(batch.secondsPerTrial);
    }
    if (batch.indices.size > 0) this.#byBatch.set(batchId, batch);
  }

  /** The trial has a record now. Returns whether it was in flight. */
  settle(index: number): boolean {
    if (!this.indices.delete(index)) return false;
    const { batchId } = this.#places.get(index) as Place;
    const { indices, secondsPerTrial } = this.#byBatch.get(batchId) as Admitted;
    this.#places.delete(index);
    indices.delete(index);
    if (indices.size === 0) this.#byBatch.delete(batchId);
    this.#expect(-secondsPerTrial);
    return true;
  }

  /** The batch is no longer in the queue: what it still holds is missing again. Returns how many trials that are. */
  drop(batchId: string): number {
    const batch = this.#byBatch.get(batchId);
    if (batch === undefined) return 0;
    for (const index of batch.indices) {
      this.indices.delete(index);
      this.#places.delete(index);
    }
    this.#byBatch.delete(batchId);
    this.#expect(-batch.indices.size * batch.secondsPerTrial);
    return batch.indices.size;
  }

  #expect(seconds: number): void {
    // sums of floating-point numbers drift
    this.#seconds = this.indices.size === 0 ? 0 : this.#seconds + seconds;
  }
}
