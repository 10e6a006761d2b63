import type { BatchQueue } from '@natsweep/queue';
import type { Collector } from './collector.ts';
import type { Sweeps } from './sweeps.ts';

/**
 * Makes what the scheduler believes to be in flight agree with the queue, and returns how many trials had vanished.
 *
 * The order is what makes it safe. First the queue is read, at one moment. A batch that is not there has completed, or
 * was lost with Redis; if it completed, its observations entered the stream before it left the queue. Then the stream is
 * drained. What is neither recorded nor in the queue after that is missing for certain, and is planned again.
 */
export async function reconcile(
  sweeps: Sweeps,
  { queue, collector }: { readonly queue: BatchQueue; readonly collector: Collector },
): Promise<number> {
  const queued = await queue.ids();
  const known = new Set(sweeps.runs.flatMap((run) => run.inFlight.batchIds));
  const unknown = await queue.read([...queued].filter((batchId) => !known.has(batchId)));
  await collector.drain();

  let vanished = 0;
  for (const run of sweeps.runs) {
    for (const batchId of run.inFlight.batchIds) {
      if (!queued.has(batchId)) vanished += run.inFlight.drop(batchId);
    }
  }
  const orphans: string[] = [];
  for (const [batchId, batch] of unknown) {
    const run = sweeps.run(batch.sweep);
    if (run === undefined || !run.found(batchId, batch.trials)) orphans.push(batchId);
  }
  await queue.remove(orphans);
  await sweeps.retire();
  return vanished;
}
