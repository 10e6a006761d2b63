import type { sparseClassification as declaration } from '@natsweep/catalogue';
import type { SparseClassification } from '@natsweep/datasets';
import { diagonalGradient } from '@natsweep/egd';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import {
  cosine,
  gaussianAccuracy,
  leastSquaresInterpolant,
  marginRatio,
  marginStationarity,
  naturalFlowMargins,
  sparseMargin,
  type LargeMarginSolver,
} from '@natsweep/theory';
import type { z } from 'zod';
import { columnOf } from './diagonal-batch.ts';
import type { DiagonalDescent } from './diagonal-descent.ts';
import type { ExperimentTrial, TrialResult } from './experiment.ts';
import { logitGrowth } from './logit-growth.ts';
import type { LossCrossing } from './loss-crossing.ts';

export type SparseParams = z.infer<typeof declaration.parameters>;

/** One trial of a layout, with what it has shown so far. */
export interface SparseColumn {
  readonly trial: ExperimentTrial<SparseParams>;
  readonly data: SparseClassification;
  readonly at: { readonly dataset: number; readonly column: number; readonly columns: number };
  readonly margins0: number[];
  readonly step: number[];
  readonly accuracy: number[];
  readonly meanMargin: number[];
  readonly marginDeviation: number[];
  /** Of the accuracy, at the loss of comparison. */
  crossing: LossCrossing;
}

/** What a trial ended with. */
export function summariseSparse(
  engine: LinalgEngine,
  of: {
    readonly column: SparseColumn;
    readonly signedInputs: Tensor;
    readonly descent: DiagonalDescent;
    readonly stopped: boolean;
    readonly solver: LargeMarginSolver | undefined;
  },
): TrialResult {
  const { trial, data, at, ...recording } = of.column;
  const { params } = trial;
  const { samples, dimension, nonZero } = params;
  const { separator, margins, combination } = engine.scope(() => {
    const separators = of.descent.separators();
    const { margins, separator } = diagonalGradient(engine, of.signedInputs, [separators]);
    return {
      separator: columnOf(engine.read(separators), { ...at, rows: dimension }),
      margins: columnOf(engine.read(margins), { ...at, rows: samples }),
      combination: columnOf(engine.read(separator), { ...at, rows: dimension }),
    };
  });
  const interpolant = engine.scope(() =>
    engine.read(
      leastSquaresInterpolant(
        engine,
        engine.tensor(data.inputs, [samples, dimension]),
        engine.tensor(data.labels, [samples]),
      ),
    ),
  );
  const finite = separator.every(Number.isFinite);
  const smallestMargin = margins.reduce((least, margin) => Math.min(least, margin), Infinity);
  const { mean, deviation } = meanAndDeviation(margins);
  const magnitudes = separator.map(Math.abs);
  const support = separator.subarray(0, nonZero);
  const rest = separator.subarray(nonZero);
  const candidate = { margins, separator, combination };
  const isLimitKnown = params.method === 'egd' && smallestMargin > 0;
  const largest = magnitudes.reduce((most, value) => Math.max(most, value), 0);
  const limit = of.solver && isLimitKnown ? largeMargin(of.solver, { data, params, separator }) : undefined;
  const flowTime = recording.step.map((step) => step * params.learningRate);
  const growth = params.method === 'ngd' ? logitGrowth(flowTime, recording.meanMargin) : undefined;
  const profile = profileOf(params);
  const coefficients = separator.map((value) => value / largest);
  return {
    trialId: trial.trialId,
    outcome: of.stopped ? 'stopped' : !finite ? 'diverged' : smallestMargin > 0 ? 'converged' : 'step-limit',
    metrics: {
      accuracy: recording.accuracy.at(-1)!,
      accuracyChange:
        params.method === 'ngf' ? NaN : recording.accuracy.at(-1)! - accuracyAt(recording, params.steps / 2),
      accuracyAtLoss: recording.crossing.value,
      interpolantAccuracy: gaussianAccuracy(interpolant, data.separator),
      interpolantCosine: cosine(separator, interpolant),
      trainAccuracy: margins.filter((margin) => margin > 0).length / samples,
      smallestMargin,
      logitSpread: mean > 0 ? deviation / mean : Infinity,
      logitRate: growth?.rate ?? NaN,
      logitGrowthExponent: growth?.exponent ?? NaN,
      marginRatio: isLimitKnown && params.depth <= 2 ? marginRatio(candidate, 2 / params.depth) : NaN,
      marginStationarity:
        isLimitKnown && params.depth >= 3
          ? marginStationarity(candidate, { power: 2 / params.depth, support: 0.05 })
          : NaN,
      largeMarginCosine: limit ? cosine(separator, limit) : NaN,
      largeMarginAccuracy: limit ? gaussianAccuracy(limit, data.separator) : NaN,
      supportShare: sum(magnitudes.subarray(0, nonZero)) / sum(magnitudes),
      profileContrast: sum(support) / nonZero / Math.sqrt(sum(rest.map((value) => value ** 2)) / rest.length),
      rank: of.descent.rank(at),
    },
    traces: {
      step: recording.step,
      accuracy: recording.accuracy,
      meanMargin: recording.meanMargin,
      marginDeviation: recording.marginDeviation,
      ...(params.method === 'ngd' && samples <= dimension ? { meanMarginFlow: flowOf(recording, params) } : {}),
      coefficients,
      profile: profile.map((i) => coefficients[i]!),
      profileTarget: profile.map((i) => data.separator[i]!),
    },
  };
}

/** The separator of largest ℓ_{2/L} margin; for L ≥ 3, where it is one of many local ones, that below the separator given. */
function largeMargin(
  solver: LargeMarginSolver,
  of: { readonly data: SparseClassification; readonly params: SparseParams; readonly separator: Float64Array },
): Float64Array {
  const { samples, dimension, depth } = of.params;
  const values = of.data.inputs.map((value, i) => value * of.data.labels[Math.floor(i / dimension)]!);
  const inputs = { values, samples, dimension };
  if (depth === 1) return solver.l2(inputs).separator;
  if (depth === 2) return solver.l1(inputs).separator;
  return sparseMargin(solver, inputs, { power: 2 / depth, start: of.separator });
}

/** The accuracy last recorded up to a step. */
function accuracyAt({ step, accuracy }: Pick<SparseColumn, 'step' | 'accuracy'>, until: number): number {
  return accuracy[step.findLastIndex((at) => at <= until)]!;
}

/** The S components of the support and as many evenly spaced others, at least 20, as show the profile of β. */
function profileOf({ dimension, nonZero }: SparseParams): readonly number[] {
  const others = Math.min(dimension - nonZero, Math.max(20, 2 * nonZero));
  const spaced = Array.from({ length: others }, (_, k) => nonZero + Math.floor((k * (dimension - nonZero)) / others));
  return [...Array.from({ length: nonZero }, (_, i) => i), ...spaced];
}

/** Mean margin of the flow from the same start, at the times η · step. */
function flowOf({ margins0, step }: Pick<SparseColumn, 'margins0' | 'step'>, { learningRate }: SparseParams): number[] {
  return step.map((at) => meanAndDeviation(naturalFlowMargins(margins0, at * learningRate)).mean);
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

export function meanAndDeviation(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = sum(values) / values.length;
  return { mean, deviation: Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length) };
}
