import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefusedTrialError } from '@natsweep/experiments';
import { classifyError } from './failure-class.ts';

test('a trial that an experiment refuses is invalid, not a crash to retry', () => {
  assert.deepEqual(classifyError(new RefusedTrialError('dependent samples')), {
    failure: 'invalid',
    message: 'dependent samples',
  });
  assert.equal(classifyError(new Error('something else')).failure, 'crash');
  assert.equal(classifyError(new RangeError('Array buffer allocation failed')).failure, 'out-of-memory');
});
