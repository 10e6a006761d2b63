import type { Failure, Outcome, Parameters } from '@natsweep/sweep';
import type { DurationHistogram } from '@natsweep/telemetry';

/** What the CLI asks of the scheduler. Commands are idempotent: `commandId` names one intention, however often it arrives. */
export type Command =
  | { readonly kind: 'submit'; readonly commandId: string; readonly spec: string }
  | { readonly kind: 'pause' | 'resume' | 'cancel'; readonly commandId: string; readonly sweep: string }
  | CancelTrialsCommand
  | RetryCommand
  | ApplyCommand
  | ShareCommand;

/** Ends trials that have no record yet: they are recorded as failed (`cancelled`), wherever they are. */
export interface CancelTrialsCommand {
  readonly kind: 'cancel-trials';
  readonly commandId: string;
  readonly sweep: string;
  /** Positions in the grid. */
  readonly indices: readonly number[];
}

/** Plans failed trials again, of any number; their records move to the sweep NAME@VERSION. All conditions must hold. */
export interface RetryCommand {
  readonly kind: 'retry';
  readonly commandId: string;
  readonly sweep: string;
  /** How they failed. Default: in any way, but not those that were cancelled. */
  readonly failure?: Failure;
  /** Values of their parameters. */
  readonly where?: Parameters;
  /** A condition in the language of a sweep's `where`. */
  readonly filter?: string;
  /** Beginnings of trial ids; any of them. */
  readonly trialIds?: readonly string[];
}

/** Replaces the spec of the sweep that it names; trials that the new spec plans too keep their records. */
export interface ApplyCommand {
  readonly kind: 'apply';
  readonly commandId: string;
  readonly spec: string;
}

/** Changes a sweep's place among the others, and how much of the fleet it may take. */
export interface ShareCommand {
  readonly kind: 'share';
  readonly commandId: string;
  readonly sweep: string;
  readonly priority?: number;
  readonly weight?: number;
  /** Most slots at the same time; null: as many as there are. */
  readonly slots?: number | null;
}

/**
 * What came of a command: a sentence for people and, where it was carried out, the same for programs. A command that arrives
 * again since its answer was lost is answered as it was carried out.
 */
export type CommandReply =
  | { readonly ok: true; readonly message: string; readonly facts: Facts }
  | { readonly ok: false; readonly message: string };

/** E.g. `{ sweep: 'depth', trials: 3 }`. */
export type Facts = Readonly<Record<string, string | number | null>>;

/** The state of a sweep as `status`, `watch`, the exporter and the dashboards see it; kept in Redis by the scheduler. */
export interface SweepSummary {
  readonly name: string;
  readonly experiment: string;
  readonly state: 'running' | 'paused' | 'cancelled' | 'completed';
  readonly stateReason: string | null;
  readonly share: SweepShare;
  readonly planned: number;
  /** Trials handed to the queue that have no record yet: waiting, running or to be delivered again. */
  readonly admitted: number;
  readonly observed: number;
  readonly failed: number;
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
  readonly byFailure: Readonly<Partial<Record<Failure, number>>>;
  /** Observed trials by the value of the `approximation` parameter; under `none` where the experiment has no such parameter. */
  readonly byApproximation: Readonly<Record<string, ApproximationSummary>>;
  /** Batches delivered again, by why the attempt before failed. */
  readonly retriesByFailure: Readonly<Partial<Record<Failure, number>>>;
  /** Observations that arrived for a trial that had one already. */
  readonly duplicatesSuppressed: number;
  /** Exponentially weighted rate of recorded trials; 0 until there is one. */
  readonly trialsPerSecond: number;
  /** Remaining trials over the rate; null while unknown. */
  readonly etaSeconds: number | null;
  readonly objective: {
    readonly metric: string;
    readonly goal: 'minimize' | 'maximize';
    readonly best: number;
    readonly trialId: string;
    readonly improvedAtMs: number;
  } | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A sweep's place among the others. */
export interface SweepShare {
  readonly priority: number;
  readonly weight: number;
  /** Most slots at the same time; null: as many as there are. */
  readonly slots: number | null;
}

export interface ApproximationSummary {
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
  readonly durations: DurationHistogram;
}

/** The batch queue and its Redis at one moment, over all sweeps. */
export interface QueueStatus {
  readonly waitingBatches: number;
  readonly activeBatches: number;
  /** Waiting for the backoff of their next attempt. */
  readonly delayedBatches: number;
  /** When the oldest of the waiting batches was admitted; null while none waits. */
  readonly oldestWaitingAtMs: number | null;
  readonly redisMemoryUsedBytes: number;
  /** `maxmemory`, or the memory of the machine where it is not set. */
  readonly redisMemoryLimitBytes: number;
}

/** What a worker process says of itself with every heartbeat. */
export interface WorkerStatus {
  readonly worker: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAtMs: number;
  readonly heartbeatAtMs: number;
  /** Where Prometheus can reach its /metrics, e.g. "127.0.0.1:9464"; null if it serves none. */
  readonly metricsAddress: string | null;
  /** Data sets whose files its machine does not have, each with what to do; absent where the worker does not tell. */
  readonly missingData?: Readonly<Record<string, string>>;
  readonly slots: readonly SlotStatus[];
}

export interface SlotStatus {
  readonly slot: string;
  readonly engine: string;
  readonly device: string;
  readonly state: 'idle' | 'busy';
  readonly trialId: string | null;
  readonly trialsFinished: number;
  readonly stepsFinished: number;
  /** The slot's share of its machine: a trial process that takes more leaves the others too little. */
  readonly memoryLimitBytes: number;
  /** 0 to 1, and bytes; null on a CPU slot. */
  readonly gpuUtilization: number | null;
  readonly gpuMemoryUsedBytes: number | null;
  readonly gpuMemoryTotalBytes: number | null;
}
