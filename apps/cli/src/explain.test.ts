import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RedisUnavailableError } from '@natsweep/queue';
import { ResultsError } from '@natsweep/results';
import { GridError } from '@natsweep/sweep';

import { badInput } from './exit.ts';
import { explain } from './explain.ts';

test('what a command may throw has an exit code and one sentence', () => {
  assert.deepEqual(explain(badInput('no such sweep')), { message: 'no such sweep', exitCode: 2 });
  assert.equal(explain(new RedisUnavailableError('no Redis'))?.exitCode, 3);
  assert.equal(explain(new ResultsError('unknown-column', 'no such metric'))?.exitCode, 2);
  assert.equal(explain(new ResultsError('full', 'no space'))?.exitCode, 3);
  assert.equal(explain(new GridError('version', 'experiment', 'written for version 1'))?.exitCode, 2);
});

test('a full disk is named with the file that did not fit', () => {
  const error = Object.assign(new Error('write'), { code: 'ENOSPC', path: '/home/x/.natsweep' });
  assert.deepEqual(explain(error), {
    message: 'No space left on the disk: free some, then run the command again (/home/x/.natsweep).',
    exitCode: 3,
  });
});

test('a fault of natsweep itself is not explained away', () => {
  assert.equal(explain(new TypeError('x is not a function')), undefined);
});
