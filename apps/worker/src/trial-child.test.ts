import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TrialChild } from './trial-child.ts';

/** The environment with which a process was started. */
function environmentOf(pid: number): ReadonlyMap<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}

test('a trial process sees the GPU of its slot alone, numbered as nvidia-smi does, or none', async (t) => {
  if (process.platform !== 'linux') return t.skip('the environment of a process is read from /proc');
  const children = await Promise.all(
    ['0', '1', undefined].map((gpu) => TrialChild.start({ engine: 'reference', gpu })),
  );
  t.after(() => children.forEach((child) => child.kill()));
  const environments = children.map(({ pid }) => environmentOf(pid));
  assert.deepEqual(
    environments.map((env) => env.get('CUDA_VISIBLE_DEVICES')),
    ['0', '1', '-1'],
  );
  for (const env of environments) {
    assert.equal(env.get('CUDA_DEVICE_ORDER'), 'PCI_BUS_ID');
    assert.equal(env.get('OPENBLAS_NUM_THREADS'), process.env['OPENBLAS_NUM_THREADS'] ?? '1');
  }
});

test('a GPU slot without a GPU is refused, with what to do about it, and takes no other engine', async () => {
  for (const engine of ['auto', 'tfjs'] as const)
    await assert.rejects(TrialChild.start({ engine, gpu: '7' }), {
      name: 'TrialProcessError',
      code: 'engine',
      message: /natsweep setup tensorflow/,
    });
});
