/**
 * Sweeps under fire. Faults are injected on a seeded schedule while each sweep runs; then it must end by itself, and every
 * planned trial must be in the database exactly once. Steps first: processes die just before and just after every step of
 * a trial's life. Then whatever happens to machines, at random moments; then clocks; then two schedulers.
 *
 * NATSWEEP_CHAOS_TRIALS (2000) per sweep, NATSWEEP_CHAOS_SECONDS (20) of random fire, NATSWEEP_CHAOS_ROUNDS (1) of every step
 * and clock, and NATSWEEP_CHAOS_SEED (1) make it longer, or another one.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RandomStream } from '@natsweep/linalg';
import { noClocks } from './clock.ts';
import { clockFaults, faults, randomFrom, type Fault } from './faults.ts';
import { LeaseWatch } from './lease-watch.ts';
import { OrderWatch } from './order-watch.ts';
import { steps, type Step } from './steps.ts';
import { killAt, momentsOf, suspendAt, type Moment } from './traps.ts';
import { World } from './world.ts';

const setting = (name: string, usual: number) => Number(process.env[`NATSWEEP_CHAOS_${name}`] ?? usual);
const trials = setting('TRIALS', 2000);
const fireMs = setting('SECONDS', 20) * 1000;
const rounds = setting('ROUNDS', 1);
const seed = setting('SEED', 1);
/** A suite that takes longer than this has found something that never ends. */
const timeout = (300 + 2 * setting('SECONDS', 20)) * 1000 * Math.max(1, rounds);
/** A process that has been told something lives at most so long: it is in the middle of what it does with that. */
const longestLifeMs = 8;
/** After this long without a process that comes to the moment of its death, the log says which moment. */
const patienceMs = 20_000;

/** Half of the trials may fail by themselves, a few in a thousand do; any other may be unlucky four times. */
const sweepOf = (name: string, fixed: string) => `
name: ${name}
experiment: diagnostic
axes:
  point: { range: { from: 1, to: ${Math.ceil(trials / 4)} } }
  behaviour: [diverge, throw]
fixed: { ${fixed} }
repeats: 2
limits: { maxAttempts: 3, pauseAfterFailures: 100000 }
`;

const totals = { faults: 0, planned: 0, recorded: 0, lost: 0, duplicated: 0 };
after(() => {
  const { faults, planned, recorded, lost, duplicated } = totals;
  console.log(
    `chaos, seed ${seed}, in all: ${faults} faults injected; ${planned} trials planned, ${recorded} recorded, ${lost} lost, ${duplicated} duplicated`,
  );
});

/** Waits for the end of a sweep, and holds what is recorded against what was planned. */
async function assertWhole(world: World, sweep: string): Promise<void> {
  const summary = await world.completed(sweep);
  const { planned, recorded, missing, duplicates, misplaced, damaged, problems, unlucky } = await world.verify(sweep);
  totals.planned += planned;
  totals.recorded += recorded;
  totals.lost += missing;
  totals.duplicated += duplicates;
  const suppressed = `${summary.duplicatesSuppressed} duplicate reports suppressed`;
  console.log(
    `chaos: ${sweep}: ${planned} planned, ${recorded} recorded, ${missing} lost, ${duplicates} duplicated; ` +
      `${suppressed}, retries ${JSON.stringify(summary.retriesByFailure)}, failed ${JSON.stringify(summary.byFailure)}, ` +
      `${unlucky} of them by misfortune`,
  );
  assert.deepEqual(
    { missing, duplicates, misplaced, damaged, problems },
    { missing: 0, duplicates: 0, misplaced: 0, damaged: 0, problems: [] },
  );
  assert(unlucky <= totals.faults, 'more trials failed by misfortune than there was misfortune');
  for (const { surprises } of [world.complaints, world.workerComplaints]) assert.deepEqual(surprises, []);
}

/** Keeps sweeps running, one after the other, until `fire` has ended; each must be whole. */
async function whileSweepsRun(
  world: World,
  name: string,
  { fixed, fire }: { fixed: string; fire: () => Promise<unknown> },
) {
  let over = false;
  const firing = fire().finally(() => (over = true));
  for (let i = 1; i === 1 || !over; i++) {
    const sweep = `${name}-${i}`;
    await world.stack.submit(sweepOf(sweep, fixed));
    // a fault that cannot be injected ends the test; faults that are over do not
    await Promise.race([assertWhole(world, sweep), firing.then(() => new Promise<never>(() => {}))]);
  }
  await firing;
}

test('processes die just before and just after every step of a trial’s life', { timeout }, async (t) => {
  const world = await World.create({ workers: 4 });
  t.after(() => world.close());
  const order = new OrderWatch();
  world.watchers.add(order);
  const taken = new Map<string, number>();
  const dieAt = async (moment: Moment) => {
    const name = `${moment.victim === 'itself' ? moment.step.by : moment.victim}, ${moment.step.name}: ${moment.side}`;
    const waiting = setInterval(() => console.log(`chaos: still waiting for ${name}`), patienceMs).unref();
    await killAt(world, moment).finally(() => clearInterval(waiting));
    taken.set(name, (taken.get(name) ?? 0) + 1);
    totals.faults += 1;
  };
  const lane = async (moments: readonly Moment[], name: string) => {
    const stream = new RandomStream(seed, `chaos/steps/${name}`);
    const random = randomFrom(stream);
    for (let round = 0; round < rounds; round++) {
      for (const position of stream.permutation(moments.length))
        await dieAt({ ...(moments[position] as Moment), afterMs: random.between(0, longestLifeMs) });
    }
  };
  const during = steps.filter((step) => step.provoke !== 'sweep');
  const by = (role: Step['by']) => momentsOf(during.filter((step) => step.by === role));
  // of a trial process: before it begins, while it computes, and when it has computed
  const ofTrials = momentsOf(
    during.filter(({ name }) => ['batch delivered', 'observation reported'].includes(name)),
  ).map((moment) => ({ ...moment, victim: 'trial process' as const }));
  await whileSweepsRun(world, 'steps', {
    fixed: 'durationMs: 40, share: 0.02',
    fire: () =>
      Promise.all([
        lane(by('scheduler'), 'scheduler'),
        ...halves([...by('worker'), ...ofTrials]).map((half, i) => lane(half, `worker-${i}`)),
      ]),
  });
  await t.test('and when a sweep has ended', async () => {
    const moments = momentsOf(steps.filter((step) => step.provoke === 'sweep'));
    for (let round = 0; round < rounds; round++) {
      for (const moment of moments) {
        const sweep = `ending-${round}-${moment.side}`;
        const died = dieAt(moment);
        await world.stack.submit(`name: ${sweep}\nexperiment: diagnostic\naxes: { point: [1, 2, 3] }\n`);
        await died;
        await assertWhole(world, sweep);
      }
    }
  });
  console.log(`chaos: processes died ${[...taken].map(([name, count]) => `${count} × ${name}`).join('; ')}`);
  assert.deepEqual(new Set(taken.values()), new Set([rounds]));
  assert.deepEqual(order.breaches, []);
});

/** Every other one, and the others: two at a time can then die. */
function halves<Item>(list: readonly Item[]): readonly (readonly Item[])[] {
  return [0, 1].map((half) => list.filter((_, i) => i % 2 === half));
}

/**
 * Injects every fault once before any comes twice, and only while a worker has trials in hand; resolves to how often each was
 * injected.
 */
async function injectAll(
  world: World,
  list: Readonly<Record<string, Fault>>,
  { stream, until }: { stream: RandomStream; until: (round: number) => boolean },
): Promise<ReadonlyMap<string, number>> {
  const random = randomFrom(stream);
  const names = Object.keys(list);
  const injected = new Map(names.map((name) => [name, 0]));
  for (let round = 0; !until(round); round++) {
    for (const position of stream.permutation(names.length)) {
      const name = names[position] as string;
      await sleep(random.between(50, 600));
      if (round > 0 && until(round)) break;
      await world.hands.someone(random);
      if (!(await list[name]!(world, random))) continue;
      injected.set(name, injected.get(name)! + 1);
      totals.faults += 1;
    }
  }
  console.log(`chaos: ${[...injected].map(([name, count]) => `${count} × ${name}`).join('; ')}`);
  return injected;
}

test('machines fail at random moments', { timeout }, async (t) => {
  const world = await World.create({ workers: 3, network: true });
  t.after(() => world.close());
  const stream = new RandomStream(seed, 'chaos/machines');
  let injected: ReadonlyMap<string, number> = new Map();
  const ceaseFireAtMs = performance.now() + fireMs;
  await whileSweepsRun(world, 'machines', {
    fixed: 'durationMs: 30, share: 0.004',
    fire: async () => {
      injected = await injectAll(world, faults, {
        stream,
        until: (round) => round > 0 && performance.now() > ceaseFireAtMs,
      });
    },
  });
  for (const [name, count] of injected) {
    const impossible =
      (name.includes('interface') && !world.network && 'no network namespace can be made here') ||
      (name.includes('full disk') && !world.disks && 'no file system can be mounted here');
    await t.test(name, (own) => (impossible ? own.skip(impossible) : assert(count > 0, 'never injected')));
  }
});

test('clocks jump by hours', { timeout, skip: noClocks ?? false }, async (t) => {
  const world = await World.create({ workers: 2, clocks: true });
  t.after(() => world.close());
  const stream = new RandomStream(seed, 'chaos/clocks');
  await whileSweepsRun(world, 'clocks', {
    fixed: 'durationMs: 10, share: 0.02',
    fire: () => injectAll(world, clockFaults, { stream, until: (round) => round >= rounds }),
  });
});

test(
  'of two schedulers only the one with the lease writes, whatever the other was about when it was suspended',
  { timeout },
  async (t) => {
    const world = await World.create({ workers: 2 });
    t.after(() => world.close());
    const lease = new LeaseWatch();
    world.watchers.add(lease);
    const about = ['reports read', 'workers counted'].map((known) => steps.find(({ name }) => name === known) as Step);
    await whileSweepsRun(world, 'lease', {
      fixed: 'durationMs: 5, share: 0.004',
      fire: async () => {
        for (const step of Array.from({ length: rounds }, () => about).flat()) {
          const suspended = await suspendAt(world, step);
          await lease.othersThan(suspended);
          suspended.app.process.kill('SIGCONT');
          totals.faults += 1;
        }
      },
    });
    assert.deepEqual(lease.intrusions, []);
  },
);
