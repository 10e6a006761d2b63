/** A value that a parameter of an experiment can take. Numbers are finite. */
export type ParameterValue = number | string | boolean;

export type Parameters = Readonly<Record<string, ParameterValue>>;

/** One grid point with its seed: what a worker runs and what the database holds exactly one record of. */
export interface Trial {
  /** Derived from experiment, version, params and seed (`trialId()`); equal work has an equal id in every sweep. */
  readonly trialId: string;
  /** Position in the sweep's grid, in [0, grid.size). */
  readonly index: number;
  readonly experiment: string;
  readonly experimentVersion: number;
  readonly params: Parameters;
  readonly seed: number;
}

/** Trials delivered together. All share sweep, experiment, version and structural parameters. */
export interface Batch {
  readonly sweep: string;
  readonly trials: readonly Trial[];
  /** A trial still running after this long is killed; the failure is `timeout`. */
  readonly trialTimeoutSeconds: number;
  readonly maxAttempts: number;
}
