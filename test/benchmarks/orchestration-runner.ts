/**
 * A worker whose trials run in its own process and do nothing: what delivering and recording cost without a trial process.
 *
 *   node orchestration-runner.ts CONCURRENCY
 */
import { BatchWorker, connect, heartbeat, ReportSender, resolveRedis } from '@natsweep/queue';

const concurrency = Number(process.argv[2]);
const address = resolveRedis({ home: process.env['NATSWEEP_HOME'] as string, env: {} });
const redis = await connect(address, { onOutage: 'wait' });
const sender = new ReportSender(redis, (error) => console.error(error));
const engine = { engine: 'reference', device: 'cpu', precision: 'float64', threads: 1, versions: {} } as const;

const worker = new BatchWorker(redis, {
  slot: 'in-process',
  concurrency,
  onError: (error) => console.error(error),
  async run({ batch: { sweep }, trials, attempt }) {
    for (const { trialId, index, params, seed } of trials) {
      sender.send({
        kind: 'observation',
        sweep,
        trialId,
        index,
        params,
        seed,
        attempt: { attempt, worker: 'runner', slot: 'in-process', startedAtMs: Date.now(), elapsedSeconds: 1e-5 },
        outcome: 'converged',
        metrics: { value: 0.5 },
        traces: {},
        engine,
      });
    }
    sender.flush();
    return { kind: 'finished' };
  },
});

const slot = {
  slot: 'in-process',
  engine: 'reference',
  device: 'cpu',
  state: 'busy',
  trialId: null,
  trialsFinished: 0,
  stepsFinished: 0,
  memoryLimitBytes: 2 ** 30,
  gpuUtilization: null,
  gpuMemoryUsedBytes: null,
  gpuMemoryTotalBytes: null,
} as const;
const beat = () =>
  heartbeat(redis, {
    worker: 'runner',
    host: 'localhost',
    pid: process.pid,
    version: '0',
    startedAtMs: 0,
    heartbeatAtMs: Date.now(),
    metricsAddress: null,
    slots: [slot],
  });
await beat();
setInterval(() => void beat(), 2000);
process.once('SIGTERM', () => void worker.close().then(() => process.exit(0)));
await worker.run();
