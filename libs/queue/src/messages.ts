import type { Failure, Outcome } from '@natsweep/sweep';

/** What the CLI asks of the scheduler. Commands are idempotent: `commandId` names one intention, however often it arrives. */
export type Command =
  | { readonly kind: 'submit'; readonly commandId: string; readonly spec: string }
  | { readonly kind: 'pause' | 'resume' | 'cancel'; readonly commandId: string; readonly sweep: string };

export type CommandReply =
  { readonly ok: true; readonly message: string } | { readonly ok: false; readonly message: string };

/** The state of a sweep as `status`, `watch`, the exporter and the dashboards see it; kept in Redis by the scheduler. */
export interface SweepSummary {
  readonly name: string;
  readonly experiment: string;
  readonly state: 'running' | 'paused' | 'cancelled' | 'completed';
  readonly stateReason: string | null;
  readonly planned: number;
  readonly observed: number;
  readonly failed: number;
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
  readonly byFailure: Readonly<Partial<Record<Failure, number>>>;
  /** Finished trials by the value of the `approximation` parameter, where the experiment has one. */
  readonly byApproximation: Readonly<Record<string, number>>;
  /** Batches delivered again after a failed or lost attempt. */
  readonly retries: number;
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
  /** 0 to 1, and bytes; null on a CPU slot. */
  readonly gpuUtilization: number | null;
  readonly gpuMemoryUsedBytes: number | null;
  readonly gpuMemoryTotalBytes: number | null;
}
