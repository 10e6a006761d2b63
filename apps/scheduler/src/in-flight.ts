import { IndexSet, type Trial } from '@natsweep/sweep';

/** Where a trial that was admitted is, and which one it is. */
interface Place {
  readonly batchId: string;
  readonly trialId: string;
}

/** The trials of one sweep that were admitted to the queue and have no record yet, by batch. */
export class InFlight {
  /** Grid indices, for planning. */
  readonly indices = new IndexSet();
  readonly #byBatch = new Map<string, Set<number>>();
  readonly #places = new Map<number, Place>();

  get batchIds(): readonly string[] {
    return [...this.#byBatch.keys()];
  }

  get batches(): number {
    return this.#byBatch.size;
  }

  has(batchId: string): boolean {
    return this.#byBatch.has(batchId);
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

  add(batchId: string, trials: Iterable<Pick<Trial, 'index' | 'trialId'>>): void {
    const batch = new Set<number>();
    for (const { index, trialId } of trials) {
      if (!this.indices.add(index)) continue;
      batch.add(index);
      this.#places.set(index, { batchId, trialId });
    }
    if (batch.size > 0) this.#byBatch.set(batchId, batch);
  }

  /** The trial has a record now. */
  settle(index: number): void {
    if (!this.indices.delete(index)) return;
    const { batchId } = this.#places.get(index) as Place;
    const batch = this.#byBatch.get(batchId);
    this.#places.delete(index);
    batch?.delete(index);
    if (batch?.size === 0) this.#byBatch.delete(batchId);
  }

  /** The batch is no longer in the queue: what it still holds is missing again. Returns how many trials that are. */
  drop(batchId: string): number {
    const batch = this.#byBatch.get(batchId) ?? new Set();
    for (const index of batch) {
      this.indices.delete(index);
      this.#places.delete(index);
    }
    this.#byBatch.delete(batchId);
    return batch.size;
  }
}
