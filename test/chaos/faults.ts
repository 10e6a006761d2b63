import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RandomStream } from '@natsweep/linalg';
import { readStall } from '@natsweep/queue';
import type { Stack } from '../stack.ts';
import { steps, type Command, type Step } from './steps.ts';
import { leaseMs, lockMs, type Member, type World } from './world.ts';

/** Something that goes wrong; resolves when it is over. Returns false where it cannot be done here. */
export type Fault = (world: World, random: Random) => Promise<boolean>;

/** Seeded choices, so that a schedule can be had again. */
export interface Random {
  /** One of a list that is not empty. */
  of<Item>(list: readonly Item[]): Item;
  /** A duration between the two, in ms. */
  between(leastMs: number, mostMs: number): number;
}

export function randomFrom(stream: RandomStream): Random {
  const next = () => stream.uniforms(1)[0] as number;
  return {
    of: <Item>(list: readonly Item[]) => list[Math.floor(next() * list.length)] as Item,
    between: (least, most) => least + next() * (most - least),
  };
}

/** Each needs a sweep that runs: it befalls a process that has something in hand, and is over when that was felt. */
export const faults: Readonly<Record<string, Fault>> = {
  'SIGKILL of a trial process': async ({ hands, trialProcesses }, random) => {
    for (;;) {
      const children = trialProcesses(await hands.someone(random));
      if (children.length > 0) return process.kill(random.of(children), 'SIGKILL');
      await sleep(20);
    }
  },
  'SIGKILL of a worker': async (world, random) => {
    await world.replace(await world.hands.someone(random));
    return true;
  },
  'SIGKILL of the active scheduler': async (world) => {
    await world.replace(await world.activeScheduler());
    return true;
  },
  'SIGKILL of Redis': async ({ stack }, random) => {
    const written = String(random.between(0, 1));
    await stack.connection.set('natsweep:chaos', written);
    process.kill(stack.redis.pid, 'SIGKILL');
    await sleep(random.between(0, 800));
    await stack.startRedis();
    assert.equal(
      await stack.connection.get('natsweep:chaos'),
      written,
      'Redis came back without what it had answered for',
    );
    return true;
  },
  'SIGSTOP of a worker for longer than its lock': async ({ hands }, random) => {
    for (;;) {
      const worker = await hands.someone(random);
      worker.app.process.kill('SIGSTOP');
      const isPassedOn = await hands.passedOn(worker);
      if (isPassedOn) await sleep(random.between(0, lockMs));
      worker.app.process.kill('SIGCONT');
      if (isPassedOn) return true;
    }
  },
  'SIGSTOP of the active scheduler for longer than its lease': async (world, random) => {
    const scheduler = await world.activeScheduler();
    scheduler.app.process.kill('SIGSTOP');
    await world.activeScheduler({ not: scheduler });
    await sleep(random.between(0, leaseMs));
    return scheduler.app.process.kill('SIGCONT');
  },
  'network between workers and Redis cut': async ({ workers }, random) => {
    await areConnected(workers);
    for (const { tap } of workers) tap.cut();
    await sleep(lockMs * random.between(0.2, 2));
    for (const { tap } of workers) tap.restore();
    return true;
  },
  'network between workers and Redis stalled': async ({ workers }, random) => {
    await areConnected(workers);
    for (const { tap } of workers) tap.stall();
    await sleep(lockMs * random.between(0.2, 2));
    for (const { tap } of workers) tap.restore();
    return true;
  },
  'network between the active scheduler and Redis cut': async (world, random) => {
    const scheduler = await world.activeScheduler();
    scheduler.tap.cut();
    await world.activeScheduler({ not: scheduler });
    await sleep(random.between(0, leaseMs));
    scheduler.tap.restore();
    return true;
  },
  'connections of a worker lost without a word': async ({ hands }, random) => {
    const worker = await hands.someone(random);
    await areConnected([worker]);
    worker.tap.deafen();
    return true;
  },
  'network interface of a worker down': async ({ network }, random) => {
    if (network === undefined) return false;
    network.pullOut();
    await sleep(lockMs * random.between(0.5, 2));
    network.plugIn();
    return true;
  },
  'full disk under the database': async ({ disks, complaints }, random) => {
    if (disks === undefined) return false;
    complaints.forget();
    disks.database.fill();
    await complaints.until(/No space left on the disk/);
    await sleep(random.between(0, 500));
    disks.database.empty();
    return true;
  },
  'full disk under Redis': async ({ disks, stack }, random) => {
    if (disks === undefined) return false;
    disks.redis.fill();
    while (!/cannot write to its disk/.test((await readStall(stack.connection))?.message ?? '')) await sleep(10);
    await sleep(lockMs * random.between(0, 3));
    disks.redis.empty();
    return true;
  },
};

/** After a fault before this one they may be on their way back. */
async function areConnected(members: readonly Member[]): Promise<void> {
  while (!members.some(({ tap }) => tap.isConnected)) await sleep(10);
}

/** Clocks that jump, each put right again when the process has done under the wrong one what the clock is asked for. */
export const clockFaults: Readonly<Record<string, Fault>> = {
  'clock of Redis three hours back, as what expires sees it, and the holder of a lock dead': async (world, random) => {
    const worker = await world.hands.someone(random);
    worker.app.process.kill('SIGKILL');
    await moveExpiries(world.stack, 3);
    await world.revive(worker);
    return true;
  },
  'clock of Redis three hours back, as what expires sees it, and the holder of the lease dead': async (world) => {
    const scheduler = await world.activeScheduler();
    scheduler.app.process.kill('SIGKILL');
    await moveExpiries(world.stack, 3);
    await world.revive(scheduler);
    return true;
  },
  'clock of Redis three hours ahead, as what expires sees it': async ({ stack }) => {
    await moveExpiries(stack, -3);
    return true;
  },
  'clock of a worker three hours ahead': (world, random) => setWorkerClock(world, 3, random),
  'clock of a worker three hours back': (world, random) => setWorkerClock(world, -3, random),
  'clock of the active scheduler three hours ahead': (world) => setSchedulerClock(world, 3),
  'clock of the active scheduler three hours back': (world) => setSchedulerClock(world, -3),
};

/** Under the wrong clock an attempt is put off, which is due by that clock. */
async function setWorkerClock(world: World, hours: number, random: Random): Promise<boolean> {
  const worker = random.of(world.workers);
  worker.clock!.set(hours);
  await world.hears(worker, tellsTimeOff(hours));
  await world.hears(worker, putOff.is);
  worker.clock!.set(0);
  return true;
}

/** Under the wrong clock reports are recorded, and trials are admitted. */
async function setSchedulerClock(world: World, hours: number): Promise<boolean> {
  const scheduler = await world.activeScheduler();
  scheduler.clock!.set(hours);
  await world.hears(scheduler, tellsTimeOff(hours));
  for (const step of [acknowledged, admitted]) await world.hears(scheduler, step.is);
  scheduler.clock!.set(0);
  return true;
}

const stepNamed = (name: string) => steps.find((step) => step.name === name) as Step;
const putOff = stepNamed('attempt put off');
const acknowledged = stepNamed('reports acknowledged');
const admitted = stepNamed('batches admitted');

/** A process tells the time in its heartbeat, or in the summaries that it publishes. */
function tellsTimeOff(hours: number) {
  return ({ words }: Command): boolean => {
    const [, told] = /"(?:heartbeat|updated)AtMs":(\d+)/.exec(words.join(' ')) ?? [];
    return told !== undefined && (Number(told) - Date.now()) / (hours * 3_600_000) > 0.9;
  };
}

/** Redis itself cannot be given another clock (its allocator asks for the time before libfaketime is there to answer). */
async function moveExpiries({ connection }: Stack, hours: number): Promise<void> {
  for (const key of await connection.keys('*')) {
    const leftMs = await connection.pttl(key);
    if (leftMs > 0) await connection.pexpire(key, Math.max(1, leftMs + hours * 3_600_000));
  }
}
