/**
 * Bare BullMQ, for comparison: takes no-op jobs from a queue, or adds them. Two processes, as a sweep has a scheduler and
 * a worker.
 *
 *   node orchestration-bullmq.ts add COUNT
 *   node orchestration-bullmq.ts work CONCURRENCY
 */
import { resolveRedis } from '@natsweep/queue';
import { Queue, Worker } from 'bullmq';

const [role, number] = process.argv.slice(2);
const address = resolveRedis({ home: process.env['NATSWEEP_HOME'] as string, env: {} });
if (address.kind !== 'private') throw new Error('the benchmark uses a private Redis');
const connection = { path: address.socket, password: address.password, maxRetriesPerRequest: null };

if (role === 'work') {
  const worker = new Worker('bare', async () => {}, { connection, concurrency: Number(number) });
  process.once('SIGTERM', () => void worker.close().then(() => process.exit(0)));
} else {
  const queue = new Queue('bare', { connection });
  const data = { point: 0, behaviour: 'finish', share: 1, durationMs: 0, busy: false, group: 0, traceLength: 0 };
  for (let left = Number(number); left > 0; left -= 1000) {
    const jobs = Array.from({ length: Math.min(1000, left) }, () => ({
      name: 'job',
      data,
      opts: { removeOnComplete: true },
    }));
    await queue.addBulk(jobs);
  }
  await queue.close();
}
