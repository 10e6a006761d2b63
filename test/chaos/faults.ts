import type { RandomStream } from '@natsweep/linalg';
import { lockMs, type World } from './world.ts';

/** Something that goes wrong; resolves when it is over. Returns false where it cannot be done here. */
export type Fault = (world: World, random: Random) => Promise<boolean>;

/** Seeded choices, so that a schedule can be had again. */
export interface Random {
  /** An integer in [0, bound). */
  below(bound: number): number;
  /** A duration between the two, in ms. */
  between(leastMs: number, mostMs: number): number;
}

export function randomFrom(stream: RandomStream): Random {
  const next = () => stream.uniforms(1)[0] as number;
  return {
    below: (bound) => Math.floor(next() * bound),
    between: (least, most) => least + next() * (most - least),
  };
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const faults: Readonly<Record<string, Fault>> = {
  'SIGKILL of a trial process': async ({ workers, trialProcesses }, random) => {
    const worker = workers[random.below(workers.length)];
    const [child] = worker === undefined ? [] : trialProcesses(worker);
    if (child === undefined) return false;
    process.kill(child, 'SIGKILL');
    return true;
  },
  'SIGKILL of a worker': async (world, random) => {
    await world.replace(world.workers, random.below(world.workers.length));
    return true;
  },
  'SIGKILL of a scheduler': async (world, random) => {
    await world.replace(world.schedulers, random.below(world.schedulers.length));
    return true;
  },
  'SIGKILL of Redis': async ({ stack }, random) => {
    process.kill(stack.redis.pid, 'SIGKILL');
    await sleep(random.between(0, 800));
    await stack.startRedis();
    return true;
  },
  'SIGSTOP of a worker for longer than its lock': async ({ workers }, random) => {
    const victim = workers[random.below(workers.length)]?.process;
    victim?.kill('SIGSTOP');
    await sleep(lockMs * random.between(1.5, 3));
    return victim?.kill('SIGCONT') === true;
  },
  'SIGSTOP of a scheduler': async ({ schedulers }, random) => {
    const victim = schedulers[random.below(schedulers.length)]?.process;
    victim?.kill('SIGSTOP');
    await sleep(random.between(500, 3000));
    return victim?.kill('SIGCONT') === true;
  },
  'network cut between workers and Redis': async ({ proxy }, random) => {
    proxy.cut();
    await sleep(lockMs * random.between(0.2, 2));
    proxy.restore();
    return true;
  },
  'network stalled between workers and Redis': async ({ proxy }, random) => {
    proxy.stall();
    await sleep(lockMs * random.between(0.2, 2));
    proxy.restore();
    return true;
  },
  'full disk under the database': async ({ disk }, random) => {
    if (disk === undefined) return false;
    disk.fill();
    await sleep(random.between(300, 2000));
    disk.empty();
    return true;
  },
};
