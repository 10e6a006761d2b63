import { sparseClassification as declaration } from '@natsweep/catalogue';
import { sparseClassification as dataset, type SparseClassification } from '@natsweep/datasets';
import { diagonalGradient } from '@natsweep/egd';
import type { LinalgEngine } from '@natsweep/linalg';
import {
  cosine,
  gaussianAccuracy,
  leastSquaresInterpolant,
  loadLargeMarginSolver,
  marginRatio,
  marginStationarity,
  naturalFlowMargins,
  type LargeMarginSolver,
} from '@natsweep/theory';
import type { z } from 'zod';
import { columnOf, layOut, type TrialLayout } from './diagonal-batch.ts';
import { startDescent } from './diagonal-descent.ts';
import { drive } from './drive-descent.ts';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';

type Params = z.infer<typeof declaration.parameters>;
type Trial = ExperimentTrial<Params>;

/** Input values that one tensor program holds: 160 MB in float64. */
const MAX_INPUTS = 2e7;
const RECORDED_STEPS = 50;
/** Input values up to which the large-margin separator is solved for as well. */
const MAX_SOLVED_INPUTS = 2e4;

/** Trains a batch of diagonal classifiers as one tensor program: data sets by seed, columns by step size and start. */
export const sparseClassification: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly Trial[], context: TrialContext): AsyncIterable<TrialResult> {
  const [first] = trials;
  if (first === undefined) return;
  const layouts = layOut(trials, {
    dataKey: ({ seed, params }) => `${seed}/${params.nonZero}`,
    inputsPerDataset: first.params.samples * first.params.dimension,
    maxInputs: MAX_INPUTS,
  });
  for (const layout of layouts) yield* runLayout(layout, context);
}

/** What a column has shown so far. */
interface Recording {
  readonly margins0: number[];
  readonly step: number[];
  readonly accuracy: number[];
  readonly meanMargin: number[];
  readonly marginDeviation: number[];
}

interface Column {
  readonly trial: Trial;
  readonly data: SparseClassification;
  readonly at: { readonly dataset: number; readonly column: number; readonly columns: number };
  readonly recording: Recording;
}

async function* runLayout(layout: TrialLayout<Params>, context: TrialContext): AsyncIterable<TrialResult> {
  const { engine } = context;
  const { params } = layout.groups[0]![0]!;
  const tasks = layout.groups.map(([trial]) => dataset({ ...trial!.params, seed: trial!.seed }));
  const signedInputs = engine.scope(() => signedInputsOf(engine, tasks, params));
  const columns: Column[] = layout.groups.flatMap((group, index) =>
    group.map((trial, column) => ({
      trial,
      data: tasks[index]!,
      at: { dataset: index, column, columns: layout.columns },
      recording: { margins0: [], step: [], accuracy: [], meanMargin: [], marginDeviation: [] },
    })),
  );
  const steps = params.method === 'ngf' ? 1 : params.steps;
  const interval = Math.ceil(steps / RECORDED_STEPS);
  const descent = startDescent(engine, layout, signedInputs);
  const observe = (step: number): boolean => {
    if (step % interval === 0 || step === steps) record(engine, { columns, params, step, signedInputs, descent });
    return false;
  };
  const step = (number: number) => {
    descent.step();
    for (const { trial } of columns) context.progress(trial.trialId, number, steps);
  };
  try {
    const stopped = await drive({ steps, signal: context.signal, step, observe });
    const isSolved =
      params.method === 'egd' && params.depth <= 2 && params.samples * params.dimension <= MAX_SOLVED_INPUTS;
    const solver = isSolved ? await loadLargeMarginSolver() : undefined;
    for (const column of columns) yield summarise(engine, { column, signedInputs, descent, stopped, solver });
  } finally {
    descent.free();
    engine.free(signedInputs);
  }
}

/** X̃ of all data sets, [datasets, N, D]. */
function signedInputsOf(engine: LinalgEngine, tasks: readonly SparseClassification[], params: Params) {
  const { samples, dimension } = params;
  const parts = tasks.map(({ inputs, labels }) => {
    const x = engine.tensor(inputs, [1, samples, dimension]);
    return engine.binary('multiply', x, engine.tensor(labels, [1, samples, 1]));
  });
  return engine.concat(parts, 0);
}

type Descent = ReturnType<typeof startDescent>;
type Inputs = Parameters<typeof startDescent>[2];

function record(
  engine: LinalgEngine,
  at: {
    readonly columns: readonly Column[];
    readonly params: Params;
    readonly step: number;
    readonly signedInputs: Inputs;
    readonly descent: Descent;
  },
): void {
  const { dimension, samples } = at.params;
  const [beta, margins] = engine.scope(() => {
    const separators = at.descent.separators();
    return [engine.read(separators), engine.read(engine.matmul(at.signedInputs, separators))] as const;
  });
  for (const { recording, data, at: place } of at.columns) {
    const own = columnOf(margins, { ...place, rows: samples });
    const { mean, deviation } = meanAndDeviation(own);
    if (at.step === 0) recording.margins0.push(...own);
    recording.step.push(at.step);
    recording.accuracy.push(gaussianAccuracy(columnOf(beta, { ...place, rows: dimension }), data.separator));
    recording.meanMargin.push(mean);
    recording.marginDeviation.push(deviation);
  }
}

function summarise(
  engine: LinalgEngine,
  of: {
    readonly column: Column;
    readonly signedInputs: Inputs;
    readonly descent: Descent;
    readonly stopped: boolean;
    readonly solver: LargeMarginSolver | undefined;
  },
): TrialResult {
  const { trial, data, at, recording } = of.column;
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
  return {
    trialId: trial.trialId,
    outcome: of.stopped ? 'stopped' : !finite ? 'diverged' : smallestMargin > 0 ? 'converged' : 'step-limit',
    metrics: {
      accuracy: recording.accuracy.at(-1)!,
      interpolantAccuracy: gaussianAccuracy(interpolant, data.separator),
      interpolantCosine: cosine(separator, interpolant),
      trainAccuracy: margins.filter((margin) => margin > 0).length / samples,
      smallestMargin,
      logitSpread: mean > 0 ? deviation / mean : Infinity,
      marginRatio: isLimitKnown && params.depth <= 2 ? marginRatio(candidate, 2 / params.depth) : NaN,
      marginStationarity:
        isLimitKnown && params.depth >= 3
          ? marginStationarity(candidate, { power: 2 / params.depth, support: 0.05 })
          : NaN,
      largeMarginCosine: of.solver && isLimitKnown ? cosine(separator, largeMargin(of.solver, data, params)) : NaN,
      supportShare: sum(magnitudes.subarray(0, nonZero)) / sum(magnitudes),
      profileContrast: sum(support) / nonZero / Math.sqrt(sum(rest.map((value) => value ** 2)) / rest.length),
      rank: of.descent.rank(),
    },
    traces: {
      step: recording.step,
      accuracy: recording.accuracy,
      meanMargin: recording.meanMargin,
      marginDeviation: recording.marginDeviation,
      ...(params.method === 'ngd' && samples <= dimension ? { meanMarginFlow: flowOf(recording, params) } : {}),
      coefficients: separator.map((value) => value / largest),
      coefficientsTarget: data.separator,
    },
  };
}

/** The separator of largest ℓ_{2/L} margin, L = 1 or 2. */
function largeMargin(solver: LargeMarginSolver, data: SparseClassification, { samples, dimension, depth }: Params) {
  const values = data.inputs.map((value, i) => value * data.labels[Math.floor(i / dimension)]!);
  const inputs = { values, samples, dimension };
  return (depth === 1 ? solver.l2(inputs) : solver.l1(inputs)).separator;
}

/** Mean margin of the flow from the same start, at the times η · step. */
function flowOf({ margins0, step }: Recording, { learningRate }: Params): number[] {
  return step.map((at) => meanAndDeviation(naturalFlowMargins(margins0, at * learningRate)).mean);
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

function meanAndDeviation(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = sum(values) / values.length;
  return { mean, deviation: Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length) };
}
