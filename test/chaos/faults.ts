import type { RandomStream } from '@natsweep/linalg';
import type { Stack } from '../stack.ts';
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

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const faults: Readonly<Record<string, Fault>> = {
  'SIGKILL of a trial process': async ({ workers, trialProcesses }, random) => {
    for (;;) {
      const children = workers.flatMap(trialProcesses);
      if (children.length > 0) return process.kill(random.of(children), 'SIGKILL');
      await sleep(20);
    }
  },
  'SIGKILL of a worker': async (world, random) => {
    await world.replace(random.of(world.workers));
    return true;
  },
  'SIGKILL of a scheduler': async (world, random) => {
    await world.replace(random.of(world.schedulers));
    return true;
  },
  'SIGKILL of Redis': async ({ stack }, random) => {
    process.kill(stack.redis.pid, 'SIGKILL');
    await sleep(random.between(0, 800));
    await stack.startRedis();
    return true;
  },
  'SIGSTOP of a worker for longer than its lock': async ({ workers }, random) =>
    suspend(random.of(workers), lockMs * random.between(1.5, 2.5)),
  'SIGSTOP of a scheduler for longer than its lease': async ({ schedulers }, random) =>
    suspend(random.of(schedulers), leaseMs * random.between(1.2, 2)),
  'network between workers and Redis cut': async ({ workers }, random) => {
    for (const { tap } of workers) tap.cut();
    await sleep(lockMs * random.between(0.2, 2));
    for (const { tap } of workers) tap.restore();
    return true;
  },
  'network between workers and Redis stalled': async ({ workers }, random) => {
    for (const { tap } of workers) tap.stall();
    await sleep(lockMs * random.between(0.2, 2));
    for (const { tap } of workers) tap.restore();
    return true;
  },
  'connections of a worker lost without a word': async ({ workers }, random) => {
    random.of(workers).tap.deafen();
    return true;
  },
  'network interface of a worker down': async ({ network }, random) => {
    if (network === undefined) return false;
    network.pullOut();
    await sleep(lockMs * random.between(0.5, 2));
    network.plugIn();
    return true;
  },
  'full disk under the database': async ({ disk }, random) => {
    if (disk === undefined) return false;
    disk.fill();
    await sleep(random.between(300, 1500));
    disk.empty();
    return true;
  },
};

/** Clocks that jump, each put right again some time later. */
export const clockFaults: Readonly<Record<string, Fault>> = {
  'clock of a worker three hours ahead': (world, random) => setClock(random.of(world.workers), 3, random),
  'clock of a worker three hours back': (world, random) => setClock(random.of(world.workers), -3, random),
  'clock of a scheduler three hours ahead': (world, random) => setClock(random.of(world.schedulers), 3, random),
  'clock of a scheduler three hours back': (world, random) => setClock(random.of(world.schedulers), -3, random),
  'clock of Redis three hours ahead, as what expires sees it': ({ stack }) => moveExpiries(stack, -3),
  'clock of Redis three hours back, as what expires sees it': ({ stack }) => moveExpiries(stack, 3),
};

async function suspend({ app }: Member, ms: number): Promise<boolean> {
  app.process.kill('SIGSTOP');
  await sleep(ms);
  return app.process.kill('SIGCONT');
}

async function setClock({ clock }: Member, hours: number, random: Random): Promise<boolean> {
  if (clock === undefined) return false;
  clock.set(hours);
  await sleep(random.between(500, 1500));
  clock.set(0);
  return true;
}

/** Redis itself cannot be given another clock (its allocator asks for the time before libfaketime is there to answer). */
async function moveExpiries({ connection }: Stack, hours: number): Promise<boolean> {
  for (const key of await connection.keys('*')) {
    const leftMs = await connection.pttl(key);
    if (leftMs > 0) await connection.pexpire(key, Math.max(1, leftMs + hours * 3_600_000));
  }
  return true;
}
