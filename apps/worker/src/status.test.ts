import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWorkers } from '@natsweep/queue';
import { temporaryRedis } from '@natsweep/queue/testing';
import { createLogger } from '@natsweep/telemetry';
import { GpuMonitor } from './gpus.ts';
import { Slot } from './slot.ts';
import { announce } from './status.ts';
import { fakeNvidiaSmi } from './testing/fake-gpus.ts';

test('the registry names the GPU of a slot, with its memory and how busy it is, no GPU of others, and the data it lacks', async (t) => {
  fakeNvidiaSmi(t).show('0, NVIDIA A100, 5, 0, 81920\n1, NVIDIA H200, 37, 1024, 143771');
  // as long as Linux allows
  const nowhere = '/nowhere'.padEnd(4095, '/somewhere');
  t.mock.property(process, 'env', { ...process.env, NATSWEEP_DATA: nowhere });
  const redis = await temporaryRedis(t);
  const connection = await redis.connect();
  const logger = createLogger({ app: 'worker' });
  const slot = (name: string, gpu?: string) =>
    new Slot({
      name,
      gpu,
      worker: 'w',
      engine: 'auto',
      sender: { send: () => undefined, flush: () => undefined },
      logger,
      limits: () => ({ memoryBytes: Infinity, tensorHandles: Infinity }),
      memoryBytes: () => 1,
    });
  const leave = await announce(connection, {
    worker: 'w',
    version: '1',
    pool: { slots: [slot('gpu-1', '1'), slot('cpu-0')], memoryBytes: 2 ** 33 },
    gpus: new GpuMonitor(),
    metricsAddress: null,
    logger,
  });
  const [worker] = await readWorkers(connection);
  await leave();
  assert.equal(worker?.missingData?.['mnist'], undefined);
  assert.match(worker?.missingData?.['cifar10'] ?? '', /^cifar10 is not on this machine: put /);
  assert.deepEqual(
    worker?.slots.map((status) => [
      status.slot,
      status.device,
      status.gpuUtilization,
      status.gpuMemoryUsedBytes,
      status.gpuMemoryTotalBytes,
      status.memoryLimitBytes,
    ]),
    [
      ['gpu-1', 'NVIDIA H200', 0.37, 1024 * 2 ** 20, 143771 * 2 ** 20, 2 ** 33],
      ['cpu-0', 'none', null, null, null, 2 ** 33],
    ],
  );
});
