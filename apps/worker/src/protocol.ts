import type { FailureCause } from '@natsweep/queue';
import type { EngineInfo, Measured, Outcome, Trial } from '@natsweep/sweep';

/** What a slot asks of its trial process. One `run` at a time. */
export type Request = { readonly kind: 'run'; readonly trials: readonly Trial[] } | { readonly kind: 'abort' };

export interface FinishedTrial {
  readonly trialId: string;
  readonly outcome: Outcome;
  readonly metrics: Readonly<Record<string, Measured>>;
  readonly traces: Readonly<Record<string, readonly Measured[]>>;
  readonly startedAtMs: number;
  readonly elapsedSeconds: number;
  /** Most memory that the trial process had resident since its batch began. */
  readonly peakMemoryBytes: number;
}

/** Finished trials of one run on their way from the trial process to the slot. */
export interface Results {
  /** What computed them, in the precision that they asked for. */
  readonly engine: EngineInfo;
  readonly trials: readonly FinishedTrial[];
}

/** What a trial process has used up so far; with too much of it the slot replaces the process. */
export interface Wear {
  /** Resident memory. */
  readonly memoryBytes: number;
  /** Handles that TensorFlow's binding has given out: they are 32-bit numbers and never given out twice. */
  readonly tensorHandles: number;
}

/**
 * What a trial process tells its slot. `ready` or `unusable` comes first; `done` or `failed` ends a run;
 * `done` brings the last results along, which saves a message where there is only one.
 */
export type Reply =
  | { readonly kind: 'ready'; readonly engine: EngineInfo }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'progress'; readonly trialId: string; readonly stepsDone: number; readonly stepsTotal: number }
  | ({ readonly kind: 'finished' } & Results)
  | ({ readonly kind: 'done' } & Results & Wear)
  | ({ readonly kind: 'failed' } & FailureCause);

/** The environment variable that tells a trial process which engine to create. */
export const engineVariable = 'NATSWEEP_ENGINE';

/** The environment variable that tells a trial process that its slot is a GPU, and which. */
export const gpuVariable = 'NATSWEEP_GPU';
