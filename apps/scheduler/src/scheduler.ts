import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  answerCommand,
  endStall,
  LeaseLostError,
  expireStrandedWorkers,
  readWorkers,
  takeCommand,
  tellStall,
  unansweredCommands,
  type BatchQueue,
  type Command,
  type CommandReply,
  type Lease,
  type OnUnreadable,
  type RedisConnection,
  type ReportPage,
} from '@natsweep/queue';
import type { Batch } from '@natsweep/sweep';
import type { Logger } from '@natsweep/telemetry';
import { divideRoom, givesWay, type Demand } from './admission.ts';
import type { Collector } from './collector.ts';
import { carryOut } from './commands.ts';
import { Periodic } from './periodic.ts';
import { isTemporary } from './record-observations.ts';
import { reconcile } from './reconcile.ts';
import { refuse } from './replies.ts';
import { ServiceTimes } from './service-times.ts';
import type { Settings } from './settings.ts';
import type { Sweeps } from './sweeps.ts';

export interface SchedulerParts {
  readonly sweeps: Sweeps;
  readonly collector: Collector;
  readonly queue: BatchQueue;
  readonly redis: RedisConnection;
  /** Waits for commands; used for nothing else. */
  readonly commandRedis: RedisConnection;
  readonly lease: Lease;
  readonly settings: Pick<Settings, 'maxBatch' | 'backlogSeconds'>;
  readonly logger: Logger;
}

/** How long a turn of the loop waits for something to do. */
const idleMs = 100;
/** How often a scheduler that stands by asks for the lease. */
const standbyMs = 500;
/** Adding more at a time would keep reports and commands waiting. */
const mostBatchesPerTurn = 300;
/** How long a turn looks for observations that other sweeps have made. */
const searchMs = 300;
/** A command over which the lease is lost so often is given up: it keeps the scheduler from everything else. */
const mostLeasesLost = 3;
const givenUp =
  `The scheduler lost its lease ${mostLeasesLost} times while it carried this out, and gave it up: look with "natsweep status" ` +
  'whether it took effect, ask for less at a time, or start the scheduler with a longer --lease.';
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/**
 * Plans, admits, records: one loop, one thing at a time. What it knows it can read back from the database and the queue,
 * so it may be killed at any point:
 *
 * - a report leaves the stream only after the transaction that records it;
 * - a batch leaves the failed set only after its trials are recorded as failed;
 * - a trial that is neither recorded, nor in the stream, nor in the queue, is missing and is planned again.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #failuresDue = new Periodic(150);
  readonly #summariesDue = new Periodic(250);
  readonly #fleetDue = new Periodic(2000);
  readonly #reconciliationDue = new Periodic(5000);
  #serviceTimes = new ServiceTimes();
  /** By command that is not answered: how often the lease was lost over it. */
  readonly #leasesLost = new Map<string, number>();
  #recovered = false;
  #stalledSinceMs: number | undefined;
  #slots = 1;
  /** Whether there is room in the queue for more than one turn adds. */
  #hasRoom = false;
  #nextPage: Promise<ReportPage> | undefined;
  #nextCommand: Promise<Command | undefined> | undefined;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /**
   * Works while it holds the lease, stands by while another scheduler does. A fault is logged, waited out, and recovered
   * from. When aborted it records what has been reported, and frees the lease.
   */
  async run(signal: AbortSignal): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!signal.aborted) {
      try {
        if (await this.#holdsLease()) {
          if (!this.#recovered) await this.#recover();
          await this.#turn();
          await this.#tellOfNoStall();
        } else {
          this.#standBy();
          await pause(standbyMs, signal);
        }
        pauseMs = firstPauseMs;
      } catch (error) {
        this.#parts.logger.error({ err: error, retryInMs: pauseMs }, (error as Error).message);
        this.#tellOfStall(error as Error);
        this.#standBy();
        await pause(pauseMs, signal);
        pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      }
    }
    if (!this.#parts.lease.held) return;
    try {
      await this.#parts.collector.drain();
      await this.#parts.collector.recordFailures();
      await this.#parts.sweeps.publish();
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      // what is left is another scheduler's by now
    }
    await this.#parts.lease.release();
  }

  async #holdsLease(): Promise<boolean> {
    const { lease, redis } = this.#parts;
    if (lease.held) return true;
    if (!(await lease.acquire())) return false;
    // the one that had the lease before may have told why it did not get on
    await endStall(redis);
    return true;
  }

  /** A scheduler that gets on publishes summaries; one that does not is silent but for this. Redis itself may be what is amiss. */
  #tellOfStall(error: Error): void {
    const { lease, redis } = this.#parts;
    if (!lease.held || error instanceof LeaseLostError) return;
    this.#stalledSinceMs ??= Date.now();
    tellStall(redis, { message: error.message, sinceMs: this.#stalledSinceMs }).catch(() => {});
  }

  async #tellOfNoStall(): Promise<void> {
    if (this.#stalledSinceMs === undefined) return;
    await endStall(this.#parts.redis);
    this.#stalledSinceMs = undefined;
  }

  /** Forgets what was read and not dealt with: it is still where it was read, for whoever is active. */
  #standBy(): void {
    this.#recovered = false;
    this.#forgetPage();
    this.#nextCommand?.catch(() => {});
    this.#nextCommand = undefined;
  }

  /** A page stays in the stream until it is discarded; one that is kept while the stream is drained would be committed twice. */
  #forgetPage(): void {
    this.#nextPage?.catch(() => {});
    this.#nextPage = undefined;
    this.#parts.collector.forget();
  }

  /** Reads back everything; also what commands an earlier scheduler had taken and not answered. */
  async #recover(): Promise<void> {
    const { sweeps, lease, logger } = this.#parts;
    await sweeps.results.takeOver();
    // who had the lease no longer as it took over is taken over in its turn
    lease.require();
    await sweeps.recover();
    // what is in flight is charged to each when it is found in the queue
    this.#serviceTimes = new ServiceTimes();
    await reconcile(sweeps, this.#parts);
    await this.#carryOutUnanswered();
    logger.info({ sweeps: sweeps.runs.length }, 'scheduling');
    this.#recovered = true;
  }

  async #turn(): Promise<void> {
    const { sweeps, collector, queue, redis, logger } = this.#parts;
    await this.#awaitWork();
    this.#parts.lease.require();
    if (this.#failuresDue.isDue()) {
      await collector.recordFailures();
      await sweeps.withdrawHeld();
    }
    if (this.#fleetDue.isDue()) await this.#countSlots();
    if (this.#reconciliationDue.isDue()) {
      await queue.outliveClocks();
      await expireStrandedWorkers(redis);
      await this.#carryOutUnanswered();
      const vanished = await reconcile(sweeps, this.#parts);
      if (vanished > 0) logger.warn({ trials: vanished }, 'trials vanished from the queue and are planned again');
    }
    this.#parts.lease.require();
    await sweeps.search(searchMs);
    await this.#admit();
    this.#parts.lease.require();
    if (this.#summariesDue.isDue()) await sweeps.publish();
  }

  /** Waits for reports or a command, and deals with what came; does not wait while more can be admitted. */
  async #awaitWork(): Promise<void> {
    this.#nextPage ??= this.#parts.collector.nextPage(idleMs);
    this.#nextCommand ??= takeCommand(this.#parts.commandRedis, 1000, this.#unreadable);
    const page = this.#nextPage.then((value) => ({ kind: 'page', value }) as const);
    const command = this.#nextCommand.then((value) => ({ kind: 'command', value }) as const);
    const room = this.#hasRoom ? [nextTurn({ kind: 'room' } as const)] : [];
    const first = await Promise.race([page, command, ...room]);
    this.#parts.lease.require();
    if (first.kind === 'room') return;
    if (first.kind === 'page') {
      this.#nextPage = undefined;
      await this.#parts.collector.commit(first.value);
    } else {
      this.#nextCommand = undefined;
      this.#forgetPage();
      if (first.value !== undefined) await this.#carryOut(first.value);
    }
  }

  /** Commands that a scheduler took and could not answer: it was killed, or lost the lease while it waited for them. */
  async #carryOutUnanswered(): Promise<void> {
    for (const command of await unansweredCommands(this.#parts.redis, this.#unreadable)) await this.#carryOut(command);
  }

  readonly #unreadable: OnUnreadable = (message) => {
    this.#parts.logger.error(message, 'a message among the commands cannot be read, and is struck');
  };

  async #carryOut(command: Command): Promise<void> {
    const { sweeps, redis, logger, lease } = this.#parts;
    const { commandId } = command;
    const losses = this.#leasesLost.get(commandId) ?? 0;
    try {
      const reply = losses < mostLeasesLost ? await this.#attempt(command) : refuse(givenUp);
      logger.info({ command: command.kind, commandId }, reply.message);
      lease.require();
      await sweeps.publish();
      await answerCommand(redis, command, reply);
      this.#leasesLost.delete(commandId);
    } catch (error) {
      if (error instanceof LeaseLostError) this.#leasesLost.set(commandId, losses + 1);
      throw error;
    }
  }

  async #attempt(command: Command): Promise<CommandReply> {
    try {
      return await carryOut(command, this.#parts);
    } catch (error) {
      if (isTemporary(error)) throw error;
      this.#parts.logger.error({ err: error, command: command.kind }, 'a command cannot be carried out');
      return refuse(`The scheduler cannot carry this out: ${(error as Error).message}`);
    }
  }

  async #admit(): Promise<void> {
    const { sweeps, queue, settings } = this.#parts;
    const capacity = { slots: this.#slots, backlogSeconds: settings.backlogSeconds };
    const { runs } = sweeps;
    await this.#makeWay(this.#demands());
    const demands = this.#demands();
    const room = divideRoom(demands, capacity);
    const mostTrials = mostBatchesPerTurn * settings.maxBatch;
    const planned = runs.map((run) => {
      const budget = Math.min(room.get(run.name) ?? 0, mostTrials);
      const batches = budget === 0 ? [] : run.plan(budget, { slots: this.#slots, maxBatch: settings.maxBatch });
      return { priority: run.spec.priority, batches };
    });
    const batches = inOrderOfService(planned);
    this.#hasRoom = batches.length > 0 && [...room.values()].some((trials) => trials > mostTrials);
    if (batches.length === 0) return;
    const ids = await queue.add(batches);
    batches.forEach(({ sweep, trials }, i) => sweeps.run(sweep)?.admitted(ids[i] as string, trials));
    const charges = runs.flatMap((run, i) => {
      if (planned[i]!.batches.length === 0) return [];
      const wantsMore = run.demand(settings.maxBatch).missing > 0;
      return [{ sweep: run.name, served: run.takeCharge() / run.spec.weight, wantsMore }];
    });
    this.#serviceTimes.charge(charges);
  }

  /** What each sweep wants, and what it has had until now. */
  #demands(): readonly Demand[] {
    const { sweeps, settings } = this.#parts;
    this.#serviceTimes.retain(new Set(sweeps.runs.map(({ name }) => name)));
    return sweeps.runs.map((run) => {
      this.#serviceTimes.correct(run.name, run.takeCharge() / run.spec.weight);
      return { ...run.demand(settings.maxBatch), served: this.#serviceTimes.of(run.name) };
    });
  }

  /** Withdraws what is before its turn in the queue; it is admitted again when it is its turn. */
  async #makeWay(demands: readonly Demand[]): Promise<void> {
    const { sweeps, queue } = this.#parts;
    for (const holder of demands) {
      const run = sweeps.run(holder.sweep);
      const isBefore = (waiting: number) => demands.some((other) => givesWay(holder, other, waiting));
      if (run === undefined || holder.inFlight === 0 || !isBefore(0)) continue;
      const batchIds = await queue.untaken(run.inFlight.batchIds);
      if (isBefore(run.inFlight.secondsOf(batchIds) / holder.weight)) await sweeps.withdraw(run, batchIds);
    }
  }

  async #countSlots(): Promise<void> {
    const workers = await readWorkers(this.#parts.redis);
    this.#slots = Math.max(
      1,
      workers.reduce((sum, { slots }) => sum + slots.length, 0),
    );
  }
}

interface PlannedBatches {
  readonly priority: number;
  readonly batches: readonly Batch[];
}

/**
 * The order in which a queue that is worked off in order serves what was admitted: higher priorities first; among equals
 * the batches of each sweep evenly spread over those of the others.
 */
export function inOrderOfService(planned: readonly PlannedBatches[]): readonly Batch[] {
  const placed = planned.flatMap(({ priority, batches }) =>
    batches.map((batch, i) => ({ batch, priority, place: (i + 0.5) / batches.length })),
  );
  return placed.sort((a, b) => b.priority - a.priority || a.place - b.place).map(({ batch }) => batch);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
