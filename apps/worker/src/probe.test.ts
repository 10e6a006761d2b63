import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findTensorflow } from '@natsweep/linalg-tfjs';
import type { Probe } from './probe.ts';
import { fakeNvidiaSmi, fakeTensorflow } from './testing/fake-gpus.ts';

async function probe(env: NodeJS.ProcessEnv = {}): Promise<ReadonlyMap<string, Probe>> {
  const entry = fileURLToPath(new URL('main.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [entry, '--probe'], {
    env: { ...process.env, ...env },
  });
  const lines = stdout.trimEnd().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Probe).map((found) => [found.name, found]));
}

test('GPUs that TensorFlow does not use are named with what to do about it', async (t) => {
  fakeNvidiaSmi(t).show('0, NVIDIA H200, 0, 0, 143771');
  const gpus = (await probe()).get('GPUs');
  assert.equal(gpus?.works, false);
  assert.match(gpus.found, /^0: NVIDIA H200, 140 GiB; TensorFlow does not use them$/);
  assert.match(gpus.fix ?? '', /natsweep setup tensorflow --gpu/);
});

test('a library is found to work by loading it', async (t) => {
  const tensorflow = findTensorflow();
  if (!tensorflow.found) return t.skip(`${tensorflow.reason}. ${tensorflow.fix}`);
  assert.match((await probe()).get('engine tfjs')?.found ?? '', /^TensorFlow \d+\.\d+.* on .+, \//);
  const broken = (await probe({ NATSWEEP_TENSORFLOW_DIR: fakeTensorflow(t, true) })).get('engine tfjs');
  assert.equal(broken?.works, false);
  assert.match(broken.found, /cannot be loaded: .* Run "natsweep setup tensorflow" to build it again/);
});
