import type { ExperimentContract, Measured, Parameters } from '@natsweep/sweep';
import type { z } from 'zod';

/**
 * What the control plane knows of an experiment: enough to refuse a bad sweep, batch its trials, judge its claims and
 * draw its figures, without a line of numerics. `libs/experiments` adds `run`.
 */
export interface ExperimentDeclaration<Schema extends z.ZodObject = z.ZodObject> extends ExperimentContract<Schema> {
  readonly title: string;
  /** Paper and place, e.g. "Karakida & Osawa 2020, Fig. 1 and S.1". */
  readonly source: string;
  /**
   * Whether the trials of a batch are computed together, so that their time limits add up. Default: one after the other, each
   * result told before the next trial begins.
   */
  readonly computesTogether?: boolean;
  readonly metrics: Readonly<Record<string, MetricDeclaration>>;
  readonly traces: Readonly<Record<string, MetricDeclaration>>;
  readonly claims: readonly Claim[];
  readonly figures: readonly Figure[];
}

export interface MetricDeclaration {
  readonly description: string;
  /** "1" for a plain number, "s", "step", … */
  readonly unit: string;
}

/** What claims see of a recorded trial. Claims read metrics, never traces: what a claim needs is a metric. */
export interface Measurement {
  readonly params: Parameters;
  readonly seed: number;
  readonly outcome: string;
  readonly metrics: Readonly<Record<string, Measured>>;
}

/** A statement of a paper that a sweep can test. */
export interface Claim {
  readonly id: string;
  readonly statement: string;
  /** Paper with equation, theorem or figure. */
  readonly source: string;
  /** A pure function of the sweep's measurements. */
  readonly judge: (measurements: readonly Measurement[]) => Verdict;
}

export interface Verdict {
  /** `undecided`: the sweep holds too little to judge, and `detail` says what is missing. */
  readonly status: 'reproduced' | 'not reproduced' | 'undecided';
  readonly expected: string;
  /** With spread over seeds, e.g. "0.041 ± 0.003 (12 trials)". */
  readonly measured: string;
  readonly threshold: string;
  readonly detail?: string;
}

interface FigureBase {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** One small panel per combination of these parameters' values. */
  readonly panelBy: readonly string[];
  /** One colour per value of this parameter. */
  readonly seriesBy: string;
  /** Only trials with these parameter values. */
  readonly only?: Parameters;
  /** Only trials with the largest of the sweep's values of these parameters. */
  readonly atLargest?: readonly string[];
}

/** Traces against step: measured values as circles, theory as lines. */
export interface TraceFigure extends FigureBase {
  readonly kind: 'traces';
  readonly measured: string;
  readonly theory?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly yScale: 'linear' | 'log';
}

/** A metric against a parameter: means and spreads over seeds as points, a theory metric as line. */
export interface MetricFigure extends FigureBase {
  readonly kind: 'metric';
  readonly x: string;
  readonly measured: string;
  readonly theory?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xScale: 'linear' | 'log';
  readonly yScale: 'linear' | 'log';
}

/** A trace that holds a row-major matrix, drawn as a heat map per panel. */
export interface MatrixFigure extends FigureBase {
  readonly kind: 'matrix';
  readonly trace: string;
  readonly columns: number;
}

export type Figure = TraceFigure | MetricFigure | MatrixFigure;
