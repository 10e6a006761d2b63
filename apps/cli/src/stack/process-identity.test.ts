import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

import { identifyProcess, isRunning, signalProcess, waitForExit } from './process-identity.ts';

test('a process is known by its start time, not by its id alone', () => {
  const self = identifyProcess(process.pid);
  assert.ok(self !== undefined && isRunning(self));
  assert.equal(isRunning({ ...self, started: `${self.started}0` }), false);
});

test('a process of the same id that started at another time gets no signal', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const identity = identifyProcess(child.pid!)!;
  signalProcess({ ...identity, started: 'another time' }, 'SIGKILL');
  assert.ok(isRunning(identity));
  signalProcess(identity, 'SIGKILL');
  assert.equal(await waitForExit(identity, 10_000), true);
  assert.equal(identifyProcess(identity.pid), undefined);
});
