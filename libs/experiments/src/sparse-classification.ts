import { sparseClassification as declaration } from '@natsweep/catalogue';
import { sparseClassification as dataset, type SparseClassification } from '@natsweep/datasets';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { logLogisticLoss } from '@natsweep/models';
import { gaussianAccuracy, loadLargeMarginSolver } from '@natsweep/theory';
import { columnOf, layOut, type TrialLayout } from './diagonal-batch.ts';
import { startDescent, type DiagonalDescent } from './diagonal-descent.ts';
import { drive } from './drive-descent.ts';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { followCrossing, logMean, notCrossed } from './loss-crossing.ts';
import { meanAndDeviation, summariseSparse, type SparseColumn, type SparseParams } from './sparse-summary.ts';

type Trial = ExperimentTrial<SparseParams>;

/** Input values that one tensor program holds: 160 MB in float64. */
const MAX_INPUTS = 2e7;
const RECORDED_STEPS = 50;
/** Steps at which the loss is compared with the level of comparison. */
const WATCHED_STEPS = 5000;
const LOSS_OF_COMPARISON = 0.03;
/** Input values up to which the large-margin separator is solved for as well. */
const MAX_SOLVED_INPUTS = 1e5;

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

async function* runLayout(layout: TrialLayout<SparseParams>, context: TrialContext): AsyncIterable<TrialResult> {
  const { engine } = context;
  const { params } = layout.groups[0]![0]!;
  const tasks = layout.groups.map(([trial]) => dataset({ ...trial!.params, seed: trial!.seed }));
  const signedInputs = engine.scope(() => signedInputsOf(engine, tasks, params));
  const columns = layout.groups.flatMap((group, index) =>
    group.map((trial, column): SparseColumn => {
      const recordings = { margins0: [], step: [], accuracy: [], meanMargin: [], marginDeviation: [] };
      const at = { dataset: index, column, columns: layout.columns };
      return { trial, data: tasks[index]!, at, ...recordings, crossing: notCrossed };
    }),
  );
  const steps = params.method === 'ngf' ? 1 : params.steps;
  const recorded = Math.ceil(steps / RECORDED_STEPS);
  const watched = Math.ceil(steps / WATCHED_STEPS);
  const descent = startDescent(engine, layout, signedInputs);
  const observe = (step: number): boolean => {
    const isRecorded = step % recorded === 0 || step === steps;
    const isWatched = step % watched === 0 && columns.some(({ crossing }) => Number.isNaN(crossing.value));
    if (isRecorded || isWatched) look(engine, { columns, params, step, isRecorded, signedInputs, descent });
    return false;
  };
  const step = (number: number) => {
    descent.step();
    for (const { trial } of columns) context.progress(trial.trialId, number, steps);
  };
  try {
    const stopped = await drive({ steps, signal: context.signal, step, observe });
    const isSolved = params.method === 'egd' && params.samples * params.dimension <= MAX_SOLVED_INPUTS;
    const solver = isSolved ? await loadLargeMarginSolver() : undefined;
    for (const column of columns) yield summariseSparse(engine, { column, signedInputs, descent, stopped, solver });
  } finally {
    descent.free();
    engine.free(signedInputs);
  }
}

/** X̃ of all data sets, [datasets, N, D]. */
function signedInputsOf(engine: LinalgEngine, tasks: readonly SparseClassification[], params: SparseParams) {
  const { samples, dimension } = params;
  const parts = tasks.map(({ inputs, labels }) => {
    const x = engine.tensor(inputs, [1, samples, dimension]);
    return engine.binary('multiply', x, engine.tensor(labels, [1, samples, 1]));
  });
  return engine.concat(parts, 0);
}

/** Follows the accuracy to the loss of comparison, and records if it is time to. */
function look(
  engine: LinalgEngine,
  at: {
    readonly columns: readonly SparseColumn[];
    readonly params: SparseParams;
    readonly step: number;
    readonly isRecorded: boolean;
    readonly signedInputs: Tensor;
    readonly descent: DiagonalDescent;
  },
): void {
  const { dimension, samples } = at.params;
  const [beta, margins, logLosses] = engine.scope(() => {
    const separators = at.descent.separators();
    const margins = engine.matmul(at.signedInputs, separators);
    return [separators, margins, logLogisticLoss(engine, margins)].map((t) => engine.read(t)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
  });
  for (const column of at.columns) {
    const accuracy = gaussianAccuracy(columnOf(beta, { ...column.at, rows: dimension }), column.data.separator);
    const logLoss = logMean(columnOf(logLosses, { ...column.at, rows: samples }));
    column.crossing = followCrossing(column.crossing, { logLoss, quantity: accuracy }, LOSS_OF_COMPARISON);
    if (!at.isRecorded) continue;
    const own = columnOf(margins, { ...column.at, rows: samples });
    const { mean, deviation } = meanAndDeviation(own);
    if (at.step === 0) column.margins0.push(...own);
    column.step.push(at.step);
    column.accuracy.push(accuracy);
    column.meanMargin.push(mean);
    column.marginDeviation.push(deviation);
  }
}
