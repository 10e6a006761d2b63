import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWork } from './delivery-work.ts';

const trial = { trialId: 't', index: 0, experiment: 'diagnostic', experimentVersion: 1, params: {}, seed: 1 };
const batch = { sweep: 's', trials: [trial], trialTimeoutSeconds: 1, maxAttempts: 1, failures: {} };

test('of an endless message its beginning is kept, of an endless log its end', () => {
  const signal = new AbortController().signal;
  const terms = { attempt: 1, hasNext: false, oneByOne: false, loss: undefined, begin: async () => {}, signal };
  const work = new DeliveryWork(
    { batchId: 'b', batch, trials: [trial], ...terms },
    { worker: 'w', slot: 's', sender: { send: () => undefined }, onFinished: () => undefined, gpu: () => undefined },
  );
  const endless = '-'.repeat(1_000_000);
  const cause = { failure: 'crash', message: `boom${endless}`, logTail: `${endless}last words` } as const;
  work.fail(trial, cause, { startedAtMs: 0, elapsedSeconds: 0 });
  const { message, logTail } = work.failures['t']!;
  assert.match(message, /^boom-{9996}$/);
  assert.match(logTail, /^-{9990}last words$/);
});
