import type { ExperimentDeclaration } from '@natsweep/catalogue';
import type { LinalgEngine } from '@natsweep/linalg';
import type { Outcome } from '@natsweep/sweep';
import type { z } from 'zod';

/** One trial as an experiment sees it: parsed parameters and a seed, no identity beyond `trialId`. */
export interface ExperimentTrial<Params> {
  readonly trialId: string;
  readonly params: Params;
  readonly seed: number;
}

/** Raw numbers; NaN and infinities are allowed here and become null when they are recorded. */
export interface TrialResult {
  readonly trialId: string;
  readonly outcome: Outcome;
  readonly metrics: Readonly<Record<string, number>>;
  readonly traces: Readonly<Record<string, ArrayLike<number>>>;
  /**
   * The trial's share of the time, where trials were computed together. Default: the time since the result before it, or
   * since the run began.
   */
  readonly elapsedSeconds?: number;
}

export interface TrialContext {
  readonly engine: LinalgEngine;
  /** Aborted on cancel and drain: check it between steps and end with outcome `stopped`. */
  readonly signal: AbortSignal;
  /** Folder with a folder per image data set; undefined: only what packages bring is there. */
  readonly dataFolder?: string | undefined;
  /** Steps done of the trial in hand; rate-limited by the caller. */
  readonly progress: (trialId: string, stepsDone: number, stepsTotal: number) => void;
}

/** An experiment is its declaration and a run over a batch; results are yielded as soon as each trial has ended. */
export interface Experiment<Schema extends z.ZodObject = z.ZodObject> {
  readonly declaration: ExperimentDeclaration<Schema>;
  run(trials: readonly ExperimentTrial<z.infer<Schema>>[], context: TrialContext): AsyncIterable<TrialResult>;
}
