import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { findTensorflow } from './locate.ts';
import { setupTensorflow } from './setup.ts';

const skip = process.platform === 'linux' ? false : 'the wheel is for Linux';
const path = process.env['PATH'];
let root: string;
let directory: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'natsweep-setup-'));
  directory = join(root, 'tensorflow');
  mkdirSync(join(root, 'bin'));
  process.env['PATH'] = `${join(root, 'bin')}:/usr/bin:/bin`;
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

/** pip that does `script` when it is to download something. */
function fakePip(script: string): void {
  fake('g++', 'exit 0');
  fake('python3', `case "$3" in download) ${script};; esac`);
}

/** A build that was there before. */
function previousBuild(folder = directory): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'setup.json'), 'old');
}

function assertUntouched(): void {
  assert.equal(readFileSync(join(directory, 'setup.json'), 'utf8'), 'old');
  assert.deepEqual(readdirSync(root).sort(), ['bin', 'tensorflow']);
}

test('a missing tool is named before anything is fetched', { skip }, async () => {
  process.env['PATH'] = join(root, 'bin');
  fake('python3', 'exit 0');
  await assert.rejects(setupTensorflow({ directory }), { name: 'SetupError', message: /^g\+\+ is not installed/ });
  assert.deepEqual(readdirSync(root), ['bin']);
});

test('a step that fails leaves the build that was there, and nothing else', { skip }, async () => {
  fakePip('echo "no such release" >&2; exit 1');
  previousBuild();
  const steps: string[] = [];
  await assert.rejects(setupTensorflow({ directory, onProgress: (step) => steps.push(step) }), {
    name: 'SetupError',
    message: /^python3 -m pip failed: no such release$/,
  });
  assert.equal(steps.length, 1);
  assertUntouched();
});

test('an interruption kills what is under way with all that it started, and leaves no trace', { skip }, async () => {
  fakePip(`sleep 1000 & echo $! > ${root}/bin/started; touch "$TMPDIR/half"; wait`);
  previousBuild();
  const interruption = new AbortController();
  const running = setupTensorflow({ directory, signal: interruption.signal });
  const started = join(root, 'bin', 'started');
  while (!existsSync(started) || readFileSync(started, 'utf8') === '')
    await new Promise((resolve) => setTimeout(resolve, 10));
  interruption.abort();
  await assert.rejects(running, { name: 'SetupError', message: 'interrupted; nothing was changed' });
  assertUntouched();
  const sleeper = readFileSync(started, 'utf8').trim();
  while (existsSync(`/proc/${sleeper}/exe`)) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('a full disk is named, and nothing stays on it', { skip }, async (t) => {
  const disk = join(root, 'bin', 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return t.skip('this user may not mount a small disk');
  }
  try {
    fakePip('head -c 4000000 /dev/zero > "$TMPDIR/wheel" || exit 1');
    await assert.rejects(setupTensorflow({ directory: join(disk, 'tensorflow') }), {
      name: 'SetupError',
      message: /^python3 -m pip failed: .*No space left on device/,
    });
    assert.deepEqual(readdirSync(disk), []);
  } finally {
    execFileSync('umount', [disk]);
  }
});

test('a folder that cannot be made is named', { skip }, async () => {
  writeFileSync(join(root, 'file'), '');
  await assert.rejects(setupTensorflow({ directory: join(root, 'file', 'tensorflow') }), {
    name: 'SetupError',
    message: /ENOTDIR.*NATSWEEP_TENSORFLOW_DIR names another folder/,
  });
});

test('what a killed set-up left behind is removed; what a running one works on is not', { skip }, async () => {
  fakePip('exit 1');
  const running = `${directory}.partial-${process.ppid}`;
  const killed = `${directory}.partial-4194305`;
  mkdirSync(running);
  mkdirSync(killed);
  await assert.rejects(setupTensorflow({ directory }), { name: 'SetupError' });
  assert.ok(existsSync(running));
  assert.ok(!existsSync(killed));
});

test('a build that was being replaced when the set-up was killed comes back', { skip }, async () => {
  fakePip('exit 1');
  previousBuild(join(`${directory}.partial-4194305`, 'previous'));
  await assert.rejects(setupTensorflow({ directory }), { name: 'SetupError' });
  assertUntouched();
});

const tensorflow = findTensorflow();

test('what the npm package fetches by itself replaces the build that was there, once it is tested', async (t) => {
  if (!tensorflow.found) return t.skip(`${tensorflow.reason}. ${tensorflow.fix}`);
  // An npm whose package holds links to the library that this machine has.
  const built = dirname(tensorflow.binding);
  fake(
    'npm',
    [
      'cd "$3/node_modules" 2>/dev/null || { mkdir "$3/node_modules" && cd "$3/node_modules"; }',
      'mkdir -p @tensorflow/tfjs-node-gpu/lib/napi-v8 @tensorflow/tfjs-node-gpu/deps && cd @tensorflow/tfjs-node-gpu/lib/napi-v8',
      `ln -s ${built}/tfjs_binding.node ${built}/tensorflow .`,
    ].join('\n'),
  );
  previousBuild();
  const { version, gpu, binding } = await setupTensorflow({ directory, source: 'package' });
  assert.deepEqual(
    { version, gpu, binding },
    {
      version: tensorflow.version,
      gpu: false,
      binding: 'lib/napi-v8/tfjs_binding.node',
    },
  );
  const found = findTensorflow({ NATSWEEP_TENSORFLOW_DIR: directory });
  assert.ok(found.found && found.origin === 'setup');
  assert.equal(found.binding, join(directory, 'lib/napi-v8/tfjs_binding.node'));
  assert.deepEqual(readdirSync(root).sort(), ['bin', 'tensorflow']);
});

test('a library that does not pass its test replaces nothing', async () => {
  fake(
    'npm',
    'd="$3/node_modules/@tensorflow/tfjs-node-gpu"; mkdir -p "$d/lib/napi-v8" "$d/deps"; echo no > "$d/lib/napi-v8/tfjs_binding.node"',
  );
  previousBuild();
  await assert.rejects(setupTensorflow({ directory, source: 'package' }), { name: 'SetupError' });
  assertUntouched();
});
