import { BatchWorker, slotMemoryBytes, type Cancelled, type RedisConnection, type ReportSender } from '@natsweep/queue';
import type { EngineInfo } from '@natsweep/sweep';
import type { Logger } from '@natsweep/telemetry';
import type { GpuMonitor } from './gpus.ts';
import type { Settings, SlotPlace } from './settings.ts';
import { Slot } from './slot.ts';

/** A quarter of what there is: hours of operations are left for the batch in which it is passed. */
const maxTensorHandles = 2 ** 30;

export interface SlotPoolOptions {
  readonly redis: RedisConnection;
  readonly settings: Settings;
  /** Undefined where no slot is on a GPU. */
  readonly gpus: GpuMonitor | undefined;
  readonly sender: ReportSender;
  readonly logger: Logger;
}

interface Member {
  readonly slot: Slot;
  readonly intake: BatchWorker;
}

/** The slots of a worker: each takes batches from the queue by itself, and their number can change at any time. */
export class SlotPool {
  readonly #options: SlotPoolOptions;
  #members: readonly Member[] = [];
  /** Slots that take nothing more; each goes when the batch that it may have in hand is settled. */
  readonly #leaving = new Set<Member>();
  #resizing: Promise<unknown> = Promise.resolve();
  #state: 'starting' | 'taking' | 'finishing' = 'starting';

  constructor(options: SlotPoolOptions) {
    this.#options = options;
  }

  /** Every slot that has a trial process, those that leave among them. */
  get slots(): readonly Slot[] {
    return [...this.#members, ...this.#leaving].map(({ slot }) => slot);
  }

  /** How many take batches. */
  get size(): number {
    return this.#members.length;
  }

  /** How many still have a batch in hand and take no other. */
  get leaving(): number {
    return [...this.#leaving].filter(({ slot }) => slot.isBusy).length;
  }

  /** The share of this machine's memory that each slot has. */
  get memoryBytes(): number {
    return slotMemoryBytes(this.slots.length);
  }

  /** Starts the trial processes of the settings. Throws `TrialProcessError`, and leaves none of them behind. */
  async prepare(): Promise<EngineInfo | undefined> {
    const members = this.#options.settings.slots.map((place) => this.#member(place));
    this.#members = members;
    return (await this.#start(members))[0];
  }

  /** Begins to take batches. */
  take(): void {
    this.#state = 'taking';
    for (const { intake } of this.#members) void intake.run();
  }

  /**
   * Has so many slots from now on, one change after the other. Slots that are too many take no more batches and end when the
   * one in hand is done. Throws an error that says why there cannot be so many.
   */
  resize(size: number): Promise<void> {
    const done = this.#resizing.then(() => {
      if (this.#state === 'finishing') throw new Error('it is about to end');
      return size < this.size ? this.#shrink(size) : this.#grow(size);
    });
    this.#resizing = done.catch(() => {});
    return done;
  }

  async cancel(cancelled: Cancelled): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.cancel(cancelled)));
  }

  /** Takes no more batches; resolves when those in hand are settled, and Redis has their reports. */
  async finish(): Promise<void> {
    this.#state = 'finishing';
    const close = () => Promise.all([...this.#members, ...this.#leaving].map(({ intake }) => intake.close()));
    await Promise.all([close(), this.#resizing]);
    // slots that were being started are there by now
    await close();
    await this.#options.sender.settle();
  }

  /** Gives the batches in hand back to the queue. */
  async handBack(): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.handBack()));
  }

  /** Ends the trial processes. */
  async close(): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  async #grow(size: number): Promise<void> {
    const taken = new Set(this.slots.map(({ name }) => name));
    const free = this.#places(size + this.#leaving.size).filter(({ name }) => !taken.has(name));
    const members = free.slice(0, size - this.size).map((place) => this.#member(place));
    await this.#start(members);
    this.#members = [...this.#members, ...members];
    if (this.#state === 'taking') for (const { intake } of members) void intake.run();
  }

  #shrink(size: number): void {
    const leaving = this.#members.slice(size);
    this.#members = this.#members.slice(0, size);
    for (const member of leaving) {
      this.#leaving.add(member);
      void this.#leave(member);
    }
  }

  async #leave(member: Member): Promise<void> {
    try {
      await member.intake.close();
    } catch (error) {
      // without Redis; a batch in hand goes to another worker when its lock expires
      this.#options.logger.warn({ err: error, slot: member.slot.name }, 'a slot did not leave the queue in good order');
    }
    await member.slot.close();
    this.#leaving.delete(member);
  }

  /** Places for slots like those of the settings: any number on processors, one on each GPU. */
  #places(count: number): readonly SlotPlace[] {
    const { slots } = this.#options.settings;
    if (slots.every(({ gpu }) => gpu === undefined))
      return Array.from({ length: count }, (_, i) => ({ name: `cpu-${i}` }));
    if (count > slots.length) {
      const free = this.#leaving.size === 0 ? '' : `, and ${this.#leaving.size} of them still in use by slots that end`;
      throw new Error(`it has ${slots.length} GPUs with one slot each${free}`);
    }
    return slots;
  }

  async #start(members: readonly Member[]): Promise<readonly EngineInfo[]> {
    try {
      return await Promise.all(members.map(({ slot }) => slot.prepare()));
    } catch (error) {
      await Promise.all(members.map(({ slot, intake }) => Promise.all([slot.close(), intake.close()])));
      throw error;
    }
  }

  #member({ name, gpu }: SlotPlace): Member {
    const { redis, settings, gpus, sender } = this.#options;
    const logger = this.#options.logger.child({ slot: name });
    const slot = new Slot({
      name,
      gpu,
      readGpu: () => (gpu === undefined ? undefined : gpus?.reading(gpu)),
      worker: settings.name,
      engine: settings.engine,
      heapMiB: settings.heapMiB,
      memoryBytes: () => (gpu === undefined ? undefined : gpus?.reading(gpu)?.memoryTotalBytes) ?? this.memoryBytes,
      limits: () => ({ memoryBytes: this.memoryBytes / 2, tensorHandles: maxTensorHandles }),
      sender,
      logger,
    });
    const intake = new BatchWorker(redis, {
      slot: name,
      lockDurationMs: settings.lockSeconds * 1000,
      run: (delivery) => slot.run(delivery),
      onError: (error) => {
        if (!isConnectionError(error)) logger.warn({ err: error }, 'queue');
      },
    });
    return { slot, intake };
  }
}

/** Every connection reports every attempt to reconnect; one line per outage is enough. */
function isConnectionError(error: Error): boolean {
  return 'syscall' in error || error.message === 'Connection is closed.';
}
