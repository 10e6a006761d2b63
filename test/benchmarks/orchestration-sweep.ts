import { join } from 'node:path';
import { openResults } from '@natsweep/results';
import { Stack, type App } from '../stack.ts';
import { processorSeconds } from './process-usage.ts';

const here = import.meta.dirname;

/** How often a run is looked at, ours as well as a bare one. */
const usualPollMs = 10;

export interface Outcome {
  readonly perSecond: number;
  /** From the submission to the first record; of jobs: to the first that was added. */
  readonly firstSeconds: number;
  /** Processor time of all processes together. */
  readonly processorMicroseconds: number;
}

export interface Sweep {
  /** Everything of the sweep file but its name. */
  readonly yaml: string;
  /** Default: as users have it. */
  readonly maxBatch?: number;
  readonly workers: (stack: Stack) => readonly App[];
  /**
   * Whether the rate counts from the end of the first trial to that of the last, as the workers tell them, and nobody looks
   * often: every processor is wanted by the trials. Default: from the first record to the last, as they are seen.
   */
  readonly byTrials?: boolean;
  /** Called again and again while the sweep runs. */
  readonly watch?: (stack: Stack, scheduler: App) => Promise<void>;
}

/** A sweep from its submission to the last record. The rate counts from the first record on. */
export async function runSweep({ yaml, maxBatch, workers, watch, byTrials = false }: Sweep): Promise<Outcome> {
  const pollMs = byTrials ? 1000 : usualPollMs;
  const stack = await Stack.start();
  const scheduler = stack.startScheduler(maxBatch === undefined ? [] : ['--max-batch', String(maxBatch)]);
  const apps = [scheduler, ...workers(stack)];
  const pids = [stack.redis.pid, ...apps.map((app) => app.process.pid as number)];
  await waitFor(
    async () =>
      (await stack.connection.exists('natsweep:scheduler')) + (await stack.connection.scard('natsweep:workers')),
    (ready) => ready === apps.length,
  );
  const start = performance.now();
  await stack.submit(`name: measured\n${yaml}`);
  const { observed } = await stack.until('measured', (summary) => summary.observed > 0, pollMs);
  const first = performance.now();
  const processorAtFirst = total(pids);
  let done = false;
  const watching = (async () => {
    while (watch !== undefined && !done) await watch(stack, scheduler);
  })();
  const { planned } = await stack.until('measured', ({ state }) => state === 'completed', pollMs);
  const end = performance.now();
  const processor = total(pids) - processorAtFirst;
  done = true;
  await watching;
  const seen = outcome({ count: planned - observed, start, first, end, processor });
  const told = byTrials ? { ...seen, perSecond: await rateOfTrials(stack) } : seen;
  await stack.stop();
  return told;
}

async function rateOfTrials({ databaseUrl }: Stack): Promise<number> {
  const store = await openResults(databaseUrl, { readOnly: true });
  const endsMs: number[] = [];
  for await (const { attempt } of store.allRows('measured'))
    endsMs.push(attempt.startedAtMs + 1000 * attempt.elapsedSeconds);
  await store.close();
  return (1000 * (endsMs.length - 1)) / (Math.max(...endsMs) - Math.min(...endsMs));
}

/** No-op jobs of bare BullMQ, added by one process and taken by another, with a Redis of the same kind. */
export async function runBareBullmq(count: number, concurrency: number): Promise<Outcome> {
  const stack = await Stack.start();
  const script = join(here, 'orchestration-bullmq.ts');
  const worker = stack.start('work', { script, args: ['work', String(concurrency)], env: {} });
  const redis = stack.connection;
  await waitFor(
    async () => (await redis.client('LIST')) as string,
    (clients) => clients.includes('cmd=bzpopmin'),
  );
  const start = performance.now();
  const adder = stack.start('add', { script, args: ['add', String(count)], env: {} });
  const added = async () => Number((await redis.get('bull:bare:id')) ?? 0);
  const left = async () => (await redis.llen('bull:bare:wait')) + (await redis.llen('bull:bare:active'));
  await waitFor(added, (n) => n > 0);
  const first = performance.now();
  const pids = [stack.redis.pid, worker.process.pid as number, adder.process.pid as number];
  const processorAtFirst = total(pids);
  // the process that adds is gone soon after it is done, and its time with it
  let adding = 0;
  await waitFor(
    () => {
      adding = processorSeconds(pids[2] as number) || adding;
      return added();
    },
    (n) => n >= count,
  );
  await waitFor(left, (n) => n === 0);
  const end = performance.now();
  const processor = total(pids.slice(0, 2)) + adding - processorAtFirst;
  await stack.stop();
  return outcome({ count, start, first, end, processor });
}

function total(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
}

interface Moments {
  readonly count: number;
  readonly start: number;
  readonly first: number;
  readonly end: number;
  readonly processor: number;
}

function outcome({ count, start, first, end, processor }: Moments): Outcome {
  return {
    perSecond: (count / (end - first)) * 1000,
    firstSeconds: (first - start) / 1000,
    processorMicroseconds: (processor / count) * 1e6,
  };
}

async function waitFor<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<void> {
  while (!wanted(await read())) await new Promise((resolve) => setTimeout(resolve, usualPollMs));
}
