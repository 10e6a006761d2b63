import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepSummary } from '@natsweep/queue';
import { whereItStands } from '../hung-process.ts';
import { Stack, type App } from '../stack.ts';
import { Clock } from './clock.ts';
import { Complaints } from './complaints.ts';
import { Hands } from './hands.ts';
import { Network } from './network.ts';
import { SmallDisk } from './small-disk.ts';
import { commandOf, type Command } from './steps.ts';
import { Tap } from './tap.ts';
import { verify, type Verdict } from './verify.ts';

/** Far below the usual ten seconds, so that a suspension can outlast them within the time of a test. */
export const lockMs = 1000;
export const leaseMs = 1500;
/** No fault keeps a sweep from getting on for so long. */
const longestStandstillMs = 120_000;

/** A process of the stack, its way to Redis, and its clock. */
export interface Member {
  readonly role: 'scheduler' | 'worker';
  readonly tap: Tap;
  readonly clock: Clock | undefined;
  app: App;
  /** Resolves when the process that runs now has said its first word of its own to Redis. */
  ready: Promise<void>;
}

/** What a member says to Redis, and what it hears; `false` breaks the connection there. */
export interface Watcher {
  onCommand?(member: Member, command: Command): boolean;
  onReply?(member: Member, command: Command, reply: string): boolean;
}

export interface WorldOptions {
  readonly workers: number;
  /** One worker lives behind a network interface of its own, where this user may make one. */
  readonly network?: boolean;
  /** Clocks can be set, where libfaketime is installed. */
  readonly clocks?: boolean;
}

/**
 * A stack to be broken: two schedulers, of which one stands by, and workers, each of which reaches Redis through a tap. What a
 * fault kills, or makes give up, is started again, as a supervisor would.
 */
export class World {
  readonly stack: Stack;
  /** What holds the database, and what holds the append-only file of Redis; undefined where this user may not mount. */
  readonly disks: { readonly database: SmallDisk; readonly redis: SmallDisk } | undefined;
  readonly network: Network | undefined;
  readonly schedulers: Member[] = [];
  readonly workers: Member[] = [];
  readonly watchers = new Set<Watcher>();
  /** What the workers have in hand. */
  readonly hands = new Hands();
  /** Of the schedulers, and of the workers. */
  readonly complaints: Complaints;
  readonly workerComplaints: Complaints;
  readonly databaseFile: string;
  #closing = false;

  private constructor(stack: Stack, disks: World['disks'], network: Network | undefined) {
    this.stack = stack;
    this.disks = disks;
    this.network = network;
    this.databaseFile = join(disks?.database.folder ?? stack.home, 'results.sqlite');
    this.complaints = new Complaints(join(stack.home, 'scheduler.log'));
    this.workerComplaints = new Complaints(join(stack.home, 'worker.log'));
  }

  static async create({ workers, network = false, clocks = false }: WorldOptions): Promise<World> {
    let redis: SmallDisk | undefined;
    const stack = await Stack.start((home) => (redis = SmallDisk.mount(join(home, 'redis'), 192)));
    const disks = redis && { redis, database: SmallDisk.mount(join(stack.home, 'disk'), 256) as SmallDisk };
    const world = new World(stack, disks, network ? Network.create() : undefined);
    const clock = (name: string) => (clocks ? new Clock(join(stack.home, `${name}.clock`)) : undefined);
    for (let i = 0; i < 2; i++)
      world.schedulers.push(await world.#join('scheduler', { clock: clock(`scheduler-${i}`) }));
    for (let i = 0; i < workers; i++) {
      const network = i === 0 ? world.network : undefined;
      world.workers.push(await world.#join('worker', { clock: clock(`worker-${i}`), network }));
    }
    return world;
  }

  /** The scheduler that holds the lease, once there is one, and it is another than `not`. */
  async activeScheduler({ not }: { readonly not?: Member } = {}): Promise<Member> {
    for (;;) {
      const holder = JSON.parse((await this.stack.connection.get('natsweep:scheduler')) ?? '{}') as { pid?: number };
      const active = this.schedulers.find(({ app }) => app.process.pid === holder.pid);
      if (active !== undefined && active !== not) return active;
      await sleep(20);
    }
  }

  /** Resolves when a member says something of this kind to Redis. */
  hears(from: Member, is: (command: Command) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watcher: Watcher = {
        onCommand: (member, command) => {
          if (member === from && is(command)) {
            this.watchers.delete(watcher);
            resolve();
          }
          return true;
        },
      };
      this.watchers.add(watcher);
    });
  }

  /** Kills a process without warning and starts another in its place; resolves when that one is at work. */
  async replace(member: Member): Promise<void> {
    member.app.process.kill('SIGKILL');
    await this.revive(member);
  }

  /** Starts a member again that has ended, or is about to. */
  async revive(member: Member): Promise<void> {
    const { app } = member;
    await app.ended;
    if (member.app === app) this.#launch(member);
    await member.ready;
  }

  /** The trial processes of a worker. */
  trialProcesses({
    app: {
      process: { pid },
    },
  }: Member): readonly number[] {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      return children === '' ? [] : children.split(' ').map(Number);
    } catch {
      return [];
    }
  }

  /** Resolves when a sweep has ended; rejects when nothing of it is recorded for long, and tells where every process stands. */
  async completed(sweep: string): Promise<SweepSummary> {
    let last = { observed: -1, atMs: 0 };
    return this.stack.until(sweep, (summary) => {
      const { state, observed, failed } = summary;
      const nowMs = performance.now();
      if (observed + failed !== last.observed) last = { observed: observed + failed, atMs: nowMs };
      if (nowMs - last.atMs > longestStandstillMs) throw new Error(`${JSON.stringify(summary)}\n${this.#standstill()}`);
      return state === 'completed';
    });
  }

  #standstill(): string {
    const members = [...this.schedulers, ...this.workers];
    return members
      .map((member) => {
        const { pid } = member.app.process;
        const stands = [pid as number, ...this.trialProcesses(member)].map((each) => `${each}: ${whereItStands(each)}`);
        return `${member.role} ${pid}, in hand: ${this.hands.of(member) ?? 'nothing'}\n${stands.join('\n')}`;
      })
      .join('\n\n');
  }

  verify(sweep: string): Promise<Verdict> {
    return verify(`sqlite:${this.databaseFile}`, sweep);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.watchers.clear();
    const members = [...this.schedulers, ...this.workers];
    for (const { tap } of members) tap.restore();
    const disks = this.disks === undefined ? [] : Object.values(this.disks);
    for (const disk of disks) disk.empty();
    this.network?.plugIn();
    try {
      await this.stack.stop(() => disks.forEach((disk) => disk.unmount()));
    } finally {
      for (const { tap } of members) tap.close();
      this.network?.remove();
    }
  }

  async #join(
    role: Member['role'],
    { clock, network }: { readonly clock: Clock | undefined; readonly network?: Network | undefined },
  ): Promise<Member> {
    const { address } = this.stack.redis;
    if (address.kind !== 'private') throw new Error('chaos needs a Redis of its own');
    const tap = await Tap.open(address.socket, network?.host ?? '127.0.0.1', {
      onCommand: (words) => this.#ask((watcher) => watcher.onCommand?.(member, commandOf(words))),
      onReply: (words, reply) => this.#ask((watcher) => watcher.onReply?.(member, commandOf(words), reply)),
    });
    const member: Member = { role, tap, clock, app: undefined as never, ready: undefined as never };
    this.#launch(member, network);
    return member;
  }

  /** Whether no watcher wants the connection broken. */
  #ask(one: (watcher: Watcher) => boolean | undefined): boolean {
    return [this.hands, ...this.watchers].every((watcher) => one(watcher) !== false);
  }

  #launch(member: Member, network = member === this.workers[0] ? this.network : undefined): void {
    const { role, tap, clock } = member;
    this.hands.empty(member);
    const { address } = this.stack.redis;
    const password = address.kind === 'private' ? address.password : '';
    const env = {
      REDIS_URL: `redis://:${password}@${network?.host ?? '127.0.0.1'}:${tap.port}`,
      NATSWEEP_DATABASE_URL: `sqlite:${this.databaseFile}`,
      ...clock?.environment,
    };
    const first = role === 'scheduler' ? 'natsweep:scheduler' : 'natsweep:worker:';
    member.ready = this.hears(member, ({ verb, words }) => verb === 'set' && words[1]?.startsWith(first) === true);
    member.app =
      role === 'scheduler'
        ? this.stack.startScheduler(['--max-batch', '8', '--lease', String(leaseMs / 1000)], env)
        : this.stack.startWorker(
            ['--slots', '1', '--drain', '0.05', '--lock', String(lockMs / 1000)],
            env,
            network?.launcher,
          );
    void this.#supervise(member);
  }

  /** What gives up by itself, since it starts on a full disk, say, is started again. */
  async #supervise(member: Member): Promise<void> {
    const { app } = member;
    await app.ended;
    if (app.process.exitCode && member.app === app && !this.#closing) this.#launch(member);
  }
}
