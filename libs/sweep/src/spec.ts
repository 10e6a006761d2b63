import type { ParameterValue, Parameters } from './trial.ts';
import type { SweepSize } from './sweep-file.ts';

/** Characters of a spec as JSON: so long may be what the scheduler is told of a sweep. */
export const maxSpecLength = 2 ** 22;

interface AxisBase {
  readonly parameter: string;
  /** The axis is present only where this holds; elsewhere the parameter has its default. */
  readonly when?: string;
}

/** A parameter that takes each of some distinct values. */
export interface DiscreteAxis extends AxisBase {
  readonly kind: 'discrete';
  readonly values: readonly ParameterValue[];
}

/** A parameter drawn from [min, max]. Only with search random or sobol. */
export interface ContinuousAxis extends AxisBase {
  readonly kind: 'continuous';
  readonly min: number;
  readonly max: number;
  readonly scale: 'linear' | 'log';
  /** Rounded to whole numbers. */
  readonly integer: boolean;
}

export type Axis = DiscreteAxis | ContinuousAxis;

/** What a sweep file means, checked against its experiment, for one size: plain JSON, and all a grid is built from. */
export interface SweepSpec {
  readonly name: string;
  readonly description: string;
  readonly experiment: string;
  readonly experimentVersion: number;
  readonly size: SweepSize;
  /** In the order of the file. */
  readonly axes: readonly Axis[];
  /** Groups of axis parameters that advance together, and are present together. */
  readonly zip: readonly (readonly string[])[];
  readonly fixed: Parameters;
  /** Conditions that every point meets. */
  readonly where: readonly string[];
  /** Seeds per point. */
  readonly repeats: number;
  /** The seed of repeat 0; also seeds the shuffle and the search. */
  readonly seed: number;
  readonly order: 'grid' | 'shuffled';
  readonly search: { readonly kind: 'grid' } | { readonly kind: 'random' | 'sobol'; readonly points: number };
  readonly objective: { readonly metric: string; readonly goal: 'minimize' | 'maximize' } | null;
  readonly limits: {
    readonly maxAttempts: number;
    readonly trialTimeoutSeconds: number;
    readonly pauseAfterFailures: number;
  };
  /** Sweeps of higher priority are served first. */
  readonly priority: number;
  /** Share of slots among sweeps of equal priority. */
  readonly weight: number;
  /** Most slots at the same time; absent: as many as there are. */
  readonly slots?: number;
  /** Take observations of equal trials from other sweeps. */
  readonly reuse: boolean;
}
