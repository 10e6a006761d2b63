import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendCommand } from '@natsweep/queue';
import type { App } from '../stack.ts';
import { sidesOf, steps, type Command, type Side, type Step } from './steps.ts';
import { lockMs, type Member, type Watcher, type World } from './world.ts';

/** A step, and the side of it, at which a process is to die. */
export interface Moment {
  readonly step: Step;
  readonly side: Side;
  /** The process itself, or the trial process of the worker that takes the step. */
  readonly victim: 'itself' | 'trial process';
  /** How long a process lives that has been `told`. Default: 0. */
  readonly afterMs?: number;
}

/** Every moment at which a process can die, of those that `by` takes part in. */
export function momentsOf(steps: readonly Step[]): readonly Moment[] {
  return steps.flatMap((step) => sidesOf(step).map((side) => ({ step, side, victim: 'itself' }) as const));
}

/**
 * Kills the first process that comes to the moment, with SIGKILL, and resolves once another stands in its place. What was
 * `asked` never reaches Redis; of what is `done` the process never hears.
 */
export async function killAt(world: World, { step, side, victim, afterMs = 0 }: Moment): Promise<void> {
  const sprung = Promise.withResolvers<Member>();
  const strike = (member: Member): void => {
    const died =
      victim === 'itself'
        ? member.app.process.kill('SIGKILL')
        : world.trialProcesses(member).some((child) => process.kill(child, 'SIGKILL'));
    if (died) sprung.resolve(member);
    // it was gone already: the next one, then
    else world.watchers.add(trap);
  };
  const spring = (member: Member): boolean => {
    world.watchers.delete(trap);
    if (victim === 'itself') dying.add(member.app);
    if (side === 'told') setTimeout(strike, afterMs, member);
    else strike(member);
    return victim === 'trial process' || side === 'told';
  };
  const isMoment = (member: Member, command: Command) =>
    member.role === step.by && !dying.has(member.app) && step.is(command);
  const trap: Watcher = {
    onCommand: (member, command) => side !== 'asked' || !isMoment(member, command) || spring(member),
    onReply: (member, command, reply) =>
      side === 'asked' || !isMoment(member, command) || step.found?.(reply) === false || spring(member),
  };
  world.watchers.add(trap);
  const stopProvoking = provoke(world, step);
  const member = await sprung.promise;
  if (victim === 'itself') await world.revive(member);
  await stopProvoking();
}

/** Processes that a trap has caught: what they still say springs no other. */
const dying = new WeakSet<App>();

/** Suspends the first process that is about to hear the answer of a step, which it then has in its hands. */
export function suspendAt(world: World, step: Step): Promise<Member> {
  return new Promise((resolve) => {
    const trap: Watcher = {
      onReply: (member, command, reply) => {
        if (member.role !== step.by || !step.is(command) || step.found?.(reply) === false) return true;
        member.app.process.kill('SIGSTOP');
        world.watchers.delete(trap);
        resolve(member);
        return true;
      },
    };
    world.watchers.add(trap);
  });
}

/** Sees to it that the step is taken soon. The function that it returns ends that. */
function provoke(world: World, { provoke: how }: Step): () => Promise<void> {
  if (how === 'command') {
    const command = { kind: 'share', commandId: randomUUID(), sweep: 'elsewhere', weight: 2 } as const;
    const answered = sendCommand(world.stack.connection, command, { timeoutMs: 60_000 });
    return async () => void (await answered);
  }
  if (how === 'drain') return drainWorkers(world);
  if (how === 'loss') return loseBatches(world);
  return async () => {};
}

/** Asks a worker to end, each time that one has just been given a batch and none is ending already. */
function drainWorkers(world: World): () => Promise<void> {
  let ending: Promise<void> | undefined;
  const watcher: Watcher = {
    onReply: (member, command, reply) => {
      if (ending === undefined && delivery.is(command) && delivery.found?.(reply)) {
        ending = end(member).finally(() => (ending = undefined));
      }
      return true;
    },
  };
  const end = async (member: Member) => {
    const { app } = member;
    app.process.kill('SIGTERM');
    await app.ended;
    // one that was killed on its way is started again by whoever killed it
    if (app.process.exitCode === 0) await world.revive(member);
  };
  world.watchers.add(watcher);
  return async () => {
    world.watchers.delete(watcher);
    await ending;
  };
}

/** Kills a worker that has a batch in hand, again and again: when nobody else does, no batch is lost. */
function loseBatches(world: World): () => Promise<void> {
  let over = false;
  const losing = (async () => {
    for (let i = 0; !over; i++) {
      await world.replace(await world.hands.someone({ of: (members) => members[i % members.length]! }));
      await sleep(3 * lockMs);
    }
  })();
  return async () => {
    over = true;
    await losing;
  };
}

const delivery = steps.find(({ name }) => name === 'batch delivered') as Step;
