import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDeclaration } from '@natsweep/catalogue';
import { openResults, type Verification } from '@natsweep/results';
import { createGrid, type SweepSpec } from '@natsweep/sweep';
import { Stack, type App } from '../stack.ts';
import { Proxy } from './proxy.ts';
import { SmallDisk } from './small-disk.ts';

/** Far below a worker's usual ten seconds, so that a suspension can outlast it within the time of a test. */
export const lockMs = 1000;

/**
 * A stack to be broken: two schedulers, of which one stands by, and workers that reach Redis through a proxy. What a fault
 * kills is started again, as a supervisor would.
 */
export class World {
  readonly stack: Stack;
  readonly proxy: Proxy;
  /** Holds the database; undefined where this user may not mount. */
  readonly disk: SmallDisk | undefined;
  readonly schedulers: App[] = [];
  readonly workers: App[] = [];
  readonly #databaseUrl: string;

  private constructor(stack: Stack, proxy: Proxy, disk: SmallDisk | undefined) {
    this.stack = stack;
    this.proxy = proxy;
    this.disk = disk;
    this.#databaseUrl = `sqlite:${join(disk?.folder ?? stack.home, 'results.sqlite')}`;
  }

  static async create({ workers }: { readonly workers: number }): Promise<World> {
    const stack = await Stack.start();
    const { address } = stack.redis;
    if (address.kind !== 'private') throw new Error('chaos needs a Redis of its own');
    const disk = SmallDisk.mount(join(stack.home, 'disk'), 32);
    const world = new World(stack, await Proxy.open(address.socket), disk);
    for (let i = 0; i < 2; i++) world.schedulers.push(world.#startScheduler());
    for (let i = 0; i < workers; i++) world.workers.push(world.#startWorker(address.password));
    return world;
  }

  /** Kills a process without warning and starts another in its place. */
  async replace(apps: App[], index: number): Promise<void> {
    const victim = apps[index] as App;
    victim.process.kill('SIGKILL');
    await victim.ended;
    const { address } = this.stack.redis;
    const password = address.kind === 'private' ? address.password : '';
    apps[index] = apps === this.schedulers ? this.#startScheduler() : this.#startWorker(password);
  }

  /** The trial processes of a worker. */
  trialProcesses({ process: { pid } }: App): readonly number[] {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      return children === '' ? [] : children.split(' ').map(Number);
    } catch {
      return [];
    }
  }

  /** Reads the whole database and holds it against the grid. */
  async verify(sweep: string): Promise<Verification> {
    const results = await openResults(this.#databaseUrl);
    try {
      const stored = await results.getSweep(sweep);
      const spec = JSON.parse(stored?.spec ?? 'null') as SweepSpec;
      const declaration = findDeclaration(spec.experiment);
      if (declaration === undefined) throw new Error(`there is no experiment "${spec.experiment}"`);
      const grid = createGrid(spec, declaration);
      return await results.verify(sweep, { size: grid.size, trialId: (index) => grid.trial(index).trialId });
    } finally {
      await results.close();
    }
  }

  async close(): Promise<void> {
    this.proxy.restore();
    this.disk?.empty();
    await this.stack.stop(() => this.disk?.unmount());
    this.proxy.close();
  }

  #startScheduler(): App {
    return this.stack.startScheduler([], { NATSWEEP_DATABASE_URL: this.#databaseUrl });
  }

  #startWorker(password: string): App {
    const url = `redis://:${password}@127.0.0.1:${this.proxy.port}`;
    return this.stack.startWorker(['--slots', '1', '--lock', String(lockMs / 1000)], { REDIS_URL: url });
  }
}
