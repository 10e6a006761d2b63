import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GpuMonitor, listGpus, parseGpus, usableGpus } from './gpus.ts';
import { fakeNvidiaSmi, fakeTensorflow } from './testing/fake-gpus.ts';

const mebibyte = 2 ** 20;

test("nvidia-smi's table is read in the units of the registry", () => {
  assert.deepEqual(parseGpus('0, NVIDIA H200, 37, 1024, 143771\n1, NVIDIA A100-SXM4-80GB, [N/A], 0, 81920\n'), [
    {
      index: '0',
      name: 'NVIDIA H200',
      utilization: 0.37,
      memoryUsedBytes: 1024 * mebibyte,
      memoryTotalBytes: 143771 * mebibyte,
    },
    {
      index: '1',
      name: 'NVIDIA A100-SXM4-80GB',
      utilization: null,
      memoryUsedBytes: 0,
      memoryTotalBytes: 81920 * mebibyte,
    },
  ]);
});

test('anything else that nvidia-smi prints is no GPU', () => {
  assert.deepEqual(parseGpus(''), []);
  assert.deepEqual(parseGpus('No devices were found\n'), []);
});

test('a machine without nvidia-smi, or with one that fails, has no GPU', async (t) => {
  const fake = fakeNvidiaSmi(t);
  fake.fail();
  assert.deepEqual(await listGpus(), []);
  process.env['PATH'] = '/nowhere';
  assert.deepEqual(await listGpus(), []);
});

test('a reading is that of the last refresh', async (t) => {
  const fake = fakeNvidiaSmi(t);
  fake.show('3, NVIDIA H200, 10, 100, 143771');
  const monitor = new GpuMonitor();
  assert.equal(monitor.reading('3'), undefined);
  await monitor.refresh();
  fake.show('3, NVIDIA H200, 90, 200, 143771');
  assert.deepEqual(monitor.reading('3'), {
    name: 'NVIDIA H200',
    utilization: 0.1,
    memoryUsedBytes: 100 * mebibyte,
    memoryTotalBytes: 143771 * mebibyte,
  });
  await monitor.refresh();
  assert.equal(monitor.reading('3')?.utilization, 0.9);
  assert.equal(monitor.reading('0'), undefined);
});

test('a worker takes the GPUs by itself that TensorFlow was set up for and the environment leaves it', async (t) => {
  fakeNvidiaSmi(t).show('0, NVIDIA H200, 0, 0, 143771\n1, NVIDIA H200, 0, 0, 143771\n2, NVIDIA H200, 0, 0, 143771');
  const set = (gpu: boolean, visible?: string) => ({
    NATSWEEP_TENSORFLOW_DIR: fakeTensorflow(t, gpu),
    ...(visible !== undefined && { CUDA_VISIBLE_DEVICES: visible }),
  });
  assert.deepEqual(await usableGpus(set(true)), ['0', '1', '2']);
  assert.deepEqual(await usableGpus(set(true, '2, 0')), ['0', '2']);
  assert.deepEqual(await usableGpus(set(true, '')), []);
  assert.deepEqual(await usableGpus(set(false)), []);
});
