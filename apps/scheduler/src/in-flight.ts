import { IndexSet } from '@natsweep/sweep';

/** The trials of one sweep that were admitted to the queue and have no record yet, by batch. */
export class InFlight {
  /** Grid indices, for planning. */
  readonly indices = new IndexSet();
  readonly #byBatch = new Map<string, Set<number>>();
  readonly #batchOf = new Map<number, string>();

  get batchIds(): readonly string[] {
    return [...this.#byBatch.keys()];
  }

  get batches(): number {
    return this.#byBatch.size;
  }

  has(batchId: string): boolean {
    return this.#byBatch.has(batchId);
  }

  /** The batches that hold any of these trials. */
  batchesOf(indices: Iterable<number>): readonly string[] {
    const found = new Set<string>();
    for (const index of indices) {
      const batchId = this.#batchOf.get(index);
      if (batchId !== undefined) found.add(batchId);
    }
    return [...found];
  }

  add(batchId: string, indices: Iterable<number>): void {
    const batch = new Set<number>();
    for (const index of indices) {
      if (!this.indices.add(index)) continue;
      batch.add(index);
      this.#batchOf.set(index, batchId);
    }
    if (batch.size > 0) this.#byBatch.set(batchId, batch);
  }

  /** The trial has a record now. */
  settle(index: number): void {
    if (!this.indices.delete(index)) return;
    const batchId = this.#batchOf.get(index) as string;
    const batch = this.#byBatch.get(batchId);
    this.#batchOf.delete(index);
    batch?.delete(index);
    if (batch?.size === 0) this.#byBatch.delete(batchId);
  }

  /** The batch is no longer in the queue: what it still holds is missing again. Returns how many trials that are. */
  drop(batchId: string): number {
    const batch = this.#byBatch.get(batchId) ?? new Set();
    for (const index of batch) {
      this.indices.delete(index);
      this.#batchOf.delete(index);
    }
    this.#byBatch.delete(batchId);
    return batch.size;
  }
}
