import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { RedisUnavailableError } from '@natsweep/queue';
import { ResultsError } from '@natsweep/results';
import { GridError } from '@natsweep/sweep';

import { badInput } from './exit.ts';
import { explain } from './explain.ts';

const libraries = join(import.meta.dirname, '..', '..', '..', 'libs');

test('what a command may throw has an exit code and one sentence', () => {
  assert.deepEqual(explain(badInput('no such sweep')), { message: 'no such sweep', exitCode: 2 });
  assert.equal(explain(new RedisUnavailableError('no Redis'))?.exitCode, 3);
  assert.equal(explain(new ResultsError('unknown-column', 'no such metric'))?.exitCode, 2);
  assert.equal(explain(new ResultsError('full', 'no space'))?.exitCode, 3);
  assert.equal(explain(new GridError('version', 'experiment', 'written for version 1'))?.exitCode, 2);
});

test('every class of errors of the libraries that the commands use is explained', () => {
  const notMet = new Map([
    ['LeaseLostError', 'only schedulers hold the lease'],
    ['LockLostError', 'only workers hold batches'],
  ]);
  const used = globSync('{sweep,catalogue,queue,results,report,telemetry}/src/**/*.ts', { cwd: libraries });
  const classes = used.flatMap((file) => {
    const source = readFileSync(join(libraries, file), 'utf8');
    return [...source.matchAll(/class (\w+) extends \w*Error\b/g)].map(([, name]) => name!);
  });
  assert.ok(classes.length >= 9, classes.join(', '));
  for (const name of classes.filter((each) => !notMet.has(each))) {
    const error = Object.assign(new Error('what is wrong'), { name, code: 'unknown-sweep' });
    assert.equal(explain(error)?.message, 'what is wrong', name);
  }
});

test('a full disk, a missing folder and a forbidden file are named with the file', () => {
  const fault = (code: string) => Object.assign(new Error('write'), { code, path: '/home/x/.natsweep' });
  assert.deepEqual(explain(fault('ENOSPC')), {
    message: 'No space left on the disk: free some, then run the command again (/home/x/.natsweep).',
    exitCode: 3,
  });
  assert.deepEqual(explain(fault('ENOENT')), {
    message: 'There is no such file or folder (/home/x/.natsweep).',
    exitCode: 2,
  });
  assert.equal(explain(fault('EACCES'))?.exitCode, 3);
});

test('a server that goes away while it is asked is no fault of natsweep', () => {
  const lost = [
    Object.assign(new Error('Reached the max retries per request limit'), { name: 'MaxRetriesPerRequestError' }),
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    new Error('Connection is closed.'),
  ];
  for (const error of lost) {
    assert.match(explain(error)!.message, /^The connection broke while it was used .*"natsweep doctor"/);
    assert.equal(explain(error)!.exitCode, 3);
  }
  const reply = (message: string) => explain(Object.assign(new Error(message), { name: 'ReplyError' }))!.message;
  assert.equal(reply('OOM command not allowed'), 'Redis refuses this: OOM command not allowed');
  assert.match(
    reply("NOPERM this user has no permissions to run the 'ping' command"),
    /^The Redis user in REDIS_URL has no/,
  );
});

test('a fault of natsweep itself is not explained away', () => {
  assert.equal(explain(new TypeError('x is not a function')), undefined);
  assert.equal(explain(Object.assign(new Error('x'), { code: 'ERR_MODULE_NOT_FOUND' })), undefined);
});
