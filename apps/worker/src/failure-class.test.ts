import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataFileError } from '@natsweep/datasets';
import { RefusedTrialError } from '@natsweep/experiments';
import { classifyError, classifyExit } from './failure-class.ts';

test('a trial that an experiment refuses is invalid, not a crash to retry', () => {
  assert.deepEqual(classifyError(new RefusedTrialError('dependent samples')), {
    failure: 'invalid',
    message: 'dependent samples',
  });
  assert.equal(classifyError(new Error('something else')).failure, 'crash');
  assert.equal(classifyError(new RangeError('Array buffer allocation failed')).failure, 'out-of-memory');
});

test('data that are not on this machine are no crash to retry', () => {
  const message = 'cifar10 is not on this machine: put its files there';
  assert.deepEqual(classifyError(new DataFileError(message)), { failure: 'data', message });
});

test('want of memory is told apart from other ends, wherever it shows', () => {
  const onDevice = Object.assign(new Error('TensorFlow MatMul: failed to allocate'), {
    code: 'TENSORFLOW_OUT_OF_MEMORY',
  });
  assert.equal(classifyError(onDevice).failure, 'out-of-memory');
  const exit = { code: null, signal: 'SIGABRT', logTail: '', outOfMemoryKill: false };
  for (const logTail of [
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    "terminate called after throwing an instance of 'std::bad_alloc'",
    'OOM when allocating tensor with shape[100000,100000] and type double on /job:localhost/GPU:0',
  ])
    assert.equal(classifyExit({ ...exit, logTail }).failure, 'out-of-memory');
  assert.equal(classifyExit({ ...exit, signal: 'SIGKILL', outOfMemoryKill: true }).failure, 'out-of-memory');
  assert.equal(classifyExit({ ...exit, signal: 'SIGKILL' }).failure, 'crash');
  assert.equal(classifyExit({ ...exit, outOfMemoryKill: true }).failure, 'crash');
});
