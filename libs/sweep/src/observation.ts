import type { Parameters } from './trial.ts';

/** How a trial ended, scientifically. A diverged trial is a result: it is recorded and never retried. */
export type Outcome = 'converged' | 'diverged' | 'step-limit' | 'stopped';

/**
 * Why a delivery failed. `invalid`, and `engine` and `data` (asked for and not to be had on the worker's machine), are not
 * retried; the others are. `cancelled` is no delivery's failure: the trial was ended by command before it had a record.
 */
export type Failure = (typeof failures)[number];

export const failures = [
  'out-of-memory',
  'crash',
  'timeout',
  'invalid',
  'engine',
  'data',
  'lost',
  'cancelled',
] as const;

/** A finite number, or null where the quantity was not finite (after divergence) or not defined. JSON has no NaN. */
export type Measured = number | null;

/** What an engine is: goes into every observation, so that a fallback is never silent. */
export interface EngineInfo {
  readonly engine: 'openblas' | 'tfjs' | 'reference';
  readonly device: string;
  readonly precision: 'float64' | 'float32';
  readonly threads: number;
  /** Library name to version, e.g. `{ openblas: "0.3.21", core: "SkylakeX", natsweep: "0.1.0" }`: natsweep's own is added by the worker. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A GPU as nvidia-smi reports it. */
export interface GpuReading {
  /** Model, e.g. "NVIDIA H200". */
  readonly name: string;
  /** 0 to 1, over the last second or so; null where the driver does not tell. */
  readonly utilization: number | null;
  /** By all processes together. */
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
}

/** Where and when an attempt ran. */
export interface AttemptInfo {
  /** 1 for the first delivery. */
  readonly attempt: number;
  readonly worker: string;
  readonly slot: string;
  readonly startedAtMs: number;
  readonly elapsedSeconds: number;
  /** Most memory that the trial process had resident while it ran the trial's batch; absent where that is not known. */
  readonly peakMemoryBytes?: number;
  /** The GPU of the slot, as last read before the attempt ended; absent on a CPU. */
  readonly gpu?: GpuReading;
}

interface RecordedTrial {
  readonly sweep: string;
  readonly trialId: string;
  readonly index: number;
  readonly params: Parameters;
  readonly seed: number;
  readonly attempt: AttemptInfo;
}

/** What a finished trial reports. */
export interface Observation extends RecordedTrial {
  readonly kind: 'observation';
  readonly outcome: Outcome;
  readonly metrics: Readonly<Record<string, Measured>>;
  /** One value per recorded step, e.g. `trainLoss`. */
  readonly traces: Readonly<Record<string, readonly Measured[]>>;
  readonly engine: EngineInfo;
}

/** The record of a trial that failed `maxAttempts` times, so that a sweep always ends. */
export interface FailedTrial extends RecordedTrial {
  readonly kind: 'failed';
  readonly failure: Failure;
  readonly message: string;
  /** The last lines that the trial process wrote. */
  readonly logTail: string;
}

/** Exactly one per planned trial ends up in the results database. */
export type TrialRecord = Observation | FailedTrial;
