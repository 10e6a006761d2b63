import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setupTensorflow } from './setup.ts';

const skip = process.platform === 'linux' ? false : 'the set-up refuses to run on other systems than Linux';
const path = process.env['PATH'];
let root: string;
let directory: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'natsweep-setup-'));
  directory = join(root, 'tensorflow');
  mkdirSync(join(root, 'bin'));
  process.env['PATH'] = join(root, 'bin');
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(root, { recursive: true });
});

/** Puts a command of that name, a shell script, on the path. */
function fake(name: string, script: string): void {
  writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'bin', name), 0o755);
}

test('a missing tool is named before anything is fetched', { skip }, async () => {
  fake('python3', 'exit 0');
  await assert.rejects(setupTensorflow({ directory }), { name: 'SetupError', message: /^g\+\+ is not installed/ });
  assert.deepEqual(readdirSync(root), ['bin']);
});

test('a step that fails leaves the build that was there, and nothing else', { skip }, async () => {
  fake('g++', 'exit 0');
  fake('python3', 'case "$3" in download) echo "no such release" >&2; exit 1;; esac');
  mkdirSync(directory);
  writeFileSync(join(directory, 'setup.json'), 'old');
  const steps: string[] = [];
  await assert.rejects(setupTensorflow({ directory, onProgress: (step) => steps.push(step) }), {
    name: 'SetupError',
    message: /^python3 -m pip failed: no such release/,
  });
  assert.equal(steps.length, 1);
  assert.equal(readFileSync(join(directory, 'setup.json'), 'utf8'), 'old');
  assert.deepEqual(readdirSync(root).sort(), ['bin', 'tensorflow']);
});

test('what a killed set-up left behind is removed; what a running one works on is not', { skip }, async () => {
  fake('g++', 'exit 0');
  fake('python3', 'case "$3" in download) exit 1;; esac');
  const running = `${directory}.partial-${process.ppid}`;
  const killed = `${directory}.partial-4194305`;
  mkdirSync(running);
  mkdirSync(killed);
  await assert.rejects(setupTensorflow({ directory }), { name: 'SetupError' });
  assert.ok(existsSync(running));
  assert.ok(!existsSync(killed));
});
