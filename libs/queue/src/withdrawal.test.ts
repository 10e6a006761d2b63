import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '@natsweep/sweep';
import type { TrialFailure } from './batch-data.ts';
import { BatchQueue } from './batch-queue.ts';
import { BatchWorker } from './batch-worker.ts';
import { temporaryRedis } from './testing.ts';

function batch(trialId: string, maxAttempts: number): Batch {
  const trial = { trialId, index: 0, experiment: 'diagnostic', experimentVersion: 1, params: {}, seed: 1 };
  return { sweep: 's', trials: [trial], trialTimeoutSeconds: 60, maxAttempts };
}

test('what waits for a worker or for its next attempt is withdrawn, what is in hand or has failed for good is not', async (t) => {
  const redis = await temporaryRedis(t);
  const queue = await BatchQueue.open(redis.address);
  t.after(() => queue.close());
  const batches = [batch('failed', 1), batch('retried', 3), batch('held', 1), batch('waiting', 1)];
  const ids = (await queue.add(batches)) as [string, string, string, string];
  const [failed, retried, held, waiting] = ids;
  assert.deepEqual(await queue.untaken([...ids, 'none']), ids);
  const inHand = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const attempt = { attempt: 1, worker: 'w', slot: 's', startedAtMs: 0, elapsedSeconds: 1 };
  const crash: TrialFailure = { failure: 'crash', message: 'boom', logTail: '', attempt };
  const worker = new BatchWorker(await redis.connect({ onOutage: 'wait' }), {
    slot: 's',
    onError: () => {},
    run: async ({ batchId, trials }) => {
      if (batchId !== held) return { kind: 'failed', failures: { [trials[0]!.trialId]: crash } };
      inHand.resolve();
      await letGo.promise;
      return { kind: 'finished' };
    },
  });
  void worker.run();
  await inHand.promise;
  assert.deepEqual(await queue.untaken(ids), [waiting]);
  assert.deepEqual((await queue.withdraw(ids)).toSorted(), [retried, waiting].toSorted());
  assert.deepEqual(await queue.ids(), new Set([held, failed]));
  letGo.resolve();
  await worker.close();
  assert.deepEqual(await queue.ids(), new Set([failed]));
});
