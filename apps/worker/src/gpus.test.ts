import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGpus } from './gpus.ts';

test("nvidia-smi's table is read in the units of the registry", () => {
  assert.deepEqual(parseGpus('0, 37, 1024, 143771\n1, [N/A], 0, 143771\n'), [
    { index: '0', utilization: 0.37, memoryUsedBytes: 2 ** 30, memoryTotalBytes: 143771 * 2 ** 20 },
    { index: '1', utilization: null, memoryUsedBytes: 0, memoryTotalBytes: 143771 * 2 ** 20 },
  ]);
});

test('anything else that nvidia-smi prints is no GPU', () => {
  assert.deepEqual(parseGpus(''), []);
  assert.deepEqual(parseGpus('No devices were found\n'), []);
});
