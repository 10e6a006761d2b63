import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRetryable, type TrialFailure } from '@natsweep/queue';
import { DeliveryWork, type DeliveryContext } from './delivery-work.ts';

const trial = { trialId: 't', index: 0, experiment: 'diagnostic', experimentVersion: 1, params: {}, seed: 1 };
const batch = { sweep: 's', trials: [trial], trialTimeoutSeconds: 1, maxAttempts: 1, failures: {} };

const context: DeliveryContext = {
  worker: 'w',
  slot: 's',
  sender: { send: () => undefined },
  onFinished: () => undefined,
  gpu: () => undefined,
  memoryBytes: () => 2 ** 31,
};
const terms = {
  attempt: 1,
  hasNext: false,
  oneByOne: false,
  loss: undefined,
  begin: async () => {},
  signal: new AbortController().signal,
};

test('of an endless message its beginning is kept, of an endless log its end', () => {
  const work = new DeliveryWork({ batchId: 'b', batch, trials: [trial], ...terms }, context);
  const endless = '-'.repeat(1_000_000);
  const cause = { failure: 'crash', message: `boom${endless}`, logTail: `${endless}last words` } as const;
  work.fail(trial, cause, { startedAtMs: 0, elapsedSeconds: 0 });
  const { message, logTail } = work.failures['t']!;
  assert.match(message, /^boom-{9996}$/);
  assert.match(logTail, /^-{9990}last words$/);
});

test('a trial that has run out of memory is tried once more, and then only in slots with much more', () => {
  const cause = { failure: 'out-of-memory', message: 'no memory left', logTail: '' } as const;
  const failAgain = (before: TrialFailure | undefined, gibibytes: number, on: Partial<DeliveryContext> = {}) => {
    const failures = before === undefined ? {} : { t: before };
    const delivery = { batchId: 'b', batch: { ...batch, maxAttempts: 9, failures }, trials: [trial], ...terms };
    const work = new DeliveryWork(delivery, { ...context, ...on, memoryBytes: () => gibibytes * 2 ** 30 });
    work.fail(trial, cause, { startedAtMs: 0, elapsedSeconds: 0 });
    return work.failures['t']!;
  };
  const first = failAgain(undefined, 2);
  assert.equal(isRetryable(first), true);
  const elsewhere = failAgain(first, 8);
  assert.equal(isRetryable(elsewhere), true);
  for (const second of [failAgain(first, 2), failAgain(first, 2.1), failAgain(elsewhere, 2)]) {
    assert.equal(isRetryable(second), false);
    assert.match(second.message, /^no memory left, again in a slot with 2\.[01] GiB: run fewer slots per machine/);
  }
  assert.equal(isRetryable(failAgain({ ...first, failure: 'crash' }, 2)), true);
  const gpu = () => ({ name: 'NVIDIA H200', utilization: 1, memoryUsedBytes: 0, memoryTotalBytes: null });
  assert.match(
    failAgain(first, 2, { gpu }).message,
    /GiB: use a GPU or a machine with more memory, then "natsweep retry"$/,
  );
});
