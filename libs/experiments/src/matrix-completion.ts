import { matrixCompletion as declaration } from '@natsweep/catalogue';
import { matrixCompletion as dataset, type MatrixCompletion } from '@natsweep/datasets';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { matrixProduct, type MatrixFactors } from '@natsweep/models';
import { effectiveRank, nuclearNormCompletion } from '@natsweep/theory';
import type { z } from 'zod';
import { startCompletion, type CompletionDescent } from './completion-descent.ts';
import { drive } from './drive-descent.ts';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { gaussianFactors } from './gaussian-factors.ts';

type Params = z.infer<typeof declaration.parameters>;
type Trial = ExperimentTrial<Params>;

const RECORDED_STEPS = 40;
const STEPS_BETWEEN_CHECKS = 10;
/** Mean squared error, relative to that of the start, beyond which a trial counts as diverged. */
const DIVERGENCE = 1e4;

/** Completes matrices through factors, a batch of trials as one tensor program; see the declaration. */
export const matrixCompletion: Experiment<typeof declaration.parameters> = { declaration, run };

interface Column {
  readonly trial: Trial;
  readonly data: MatrixCompletion;
  readonly start: Float64Array;
  readonly step: number[];
  readonly testError: number[];
  readonly trainError: number[];
  readonly effectiveRank: number[];
  ended: 'converged' | 'diverged' | undefined;
  stepsTaken: number;
}

async function* run(trials: readonly Trial[], context: TrialContext): AsyncIterable<TrialResult> {
  const [first] = trials;
  if (first === undefined) return;
  const { engine } = context;
  const { size, steps } = first.params;
  const tasks = trials.map(({ params, seed }) => dataset({ ...params, seed }));
  const stack = (values: readonly Float64Array[]) =>
    engine.tensor(
      values.flatMap((matrix) => Array.from(matrix)),
      [trials.length, size, size],
    );
  const perTrial = (value: (trial: Trial) => number) => engine.tensor(trials.map(value), [trials.length, 1, 1]);
  const owned = {
    targets: stack(tasks.map(({ target }) => target)),
    observed: stack(tasks.map(({ observed }) => observed)),
    observations: perTrial(({ params }) => params.observations),
    learningRates: perTrial(({ params }) => params.learningRate),
  };
  const descent = startCompletion(engine, owned, {
    params: first.params,
    start: engine.scope(() => startFactors(engine, trials)),
    learningRates: owned.learningRates,
  });
  const starts = matrices(engine, descent, size);
  const columns = trials.map((trial, index): Column => ({
    trial,
    data: tasks[index]!,
    start: starts[index]!,
    step: [],
    testError: [],
    trainError: [],
    effectiveRank: [],
    ended: undefined,
    stepsTaken: 0,
  }));
  const observe = (step: number): boolean => {
    if (step % STEPS_BETWEEN_CHECKS === 0 || step === steps) check(engine, { columns, descent, step });
    return columns.every(({ ended }) => ended !== undefined);
  };
  const step = (number: number) => {
    const active = engine.tensor(
      columns.map(({ ended }) => (ended === undefined ? 1 : 0)),
      [columns.length, 1, 1],
    );
    descent.step(active);
    engine.free(active);
    for (const column of columns) {
      if (column.ended !== undefined) continue;
      column.stepsTaken = number;
      context.progress(column.trial.trialId, number, steps);
    }
  };
  try {
    const stopped = await drive({ steps, signal: context.signal, step, observe });
    const products = matrices(engine, descent, size);
    for (const [index, column] of columns.entries())
      yield summarise(engine, { column, product: products[index]!, solveResidual: descent.solveResidual(), stopped });
  } finally {
    descent.free();
    engine.free(...Object.values(owned));
  }
}

/** Gaussian factors, each [trials, n, n]; drawn as `collapsedFrom` factors that are multiplied in groups, if asked for. */
function startFactors(engine: LinalgEngine, trials: readonly Trial[]): MatrixFactors {
  const { depth, size } = trials[0]!.params;
  const perTrial = trials.map(({ params, seed }) => {
    const drawn = params.collapsedFrom === 0 ? depth : params.collapsedFrom;
    const deviation = params.initialScale ** (1 / drawn) / Math.sqrt(size);
    const factors = gaussianFactors({ seed, depth: drawn, size, deviation }).map((values) =>
      engine.tensor(values, [1, size, size]),
    );
    return Array.from({ length: depth }, (_, layer) => {
      const [from, to] = [Math.floor((layer * drawn) / depth), Math.floor(((layer + 1) * drawn) / depth)];
      return matrixProduct(engine, factors.slice(from, to));
    });
  });
  return Array.from({ length: depth }, (_, layer) =>
    engine.concat(
      perTrial.map((layers) => layers[layer]!),
      0,
    ),
  );
}

/** β of every trial, row-major. */
function matrices(engine: LinalgEngine, descent: CompletionDescent, size: number): Float64Array[] {
  const values = engine.scope(() => engine.read(descent.product()));
  const entries = size * size;
  return Array.from({ length: values.length / entries }, (_, i) => values.subarray(i * entries, (i + 1) * entries));
}

/** Measures errors, notes which trials have ended, and records at regular intervals. */
function check(
  engine: LinalgEngine,
  at: { readonly columns: readonly Column[]; readonly descent: CompletionDescent; readonly step: number },
): void {
  const { size, steps, targetError } = at.columns[0]!.trial.params;
  const interval = STEPS_BETWEEN_CHECKS * Math.ceil(steps / RECORDED_STEPS / STEPS_BETWEEN_CHECKS);
  const products = matrices(engine, at.descent, size);
  at.columns.forEach((column, index) => {
    if (column.ended !== undefined) return;
    const { test, train } = errors(products[index]!, column.data);
    if (!(test <= DIVERGENCE)) column.ended = 'diverged';
    else if (train <= targetError) column.ended = 'converged';
    if (at.step % interval !== 0 && at.step !== steps && column.ended === undefined) return;
    column.step.push(at.step);
    column.testError.push(test);
    column.trainError.push(train);
    column.effectiveRank.push(effectiveRank(singularValues(engine, products[index]!, size)));
  });
}

function errors(product: Float64Array, { target, observed }: MatrixCompletion) {
  let [test, train, observations] = [0, 0, 0];
  product.forEach((value, i) => {
    const square = (value - target[i]!) ** 2;
    test += square;
    train += observed[i]! * square;
    observations += observed[i]!;
  });
  return { test: test / product.length, train: train / observations };
}

/** Descending; NaN where the matrix is not finite. */
function singularValues(engine: LinalgEngine, values: Float64Array, size: number): Float64Array {
  if (!values.every(Number.isFinite)) return new Float64Array(size).fill(NaN);
  return engine.scope(() => engine.read(engine.svd(engine.tensor(values, [size, size])).s));
}

function summarise(
  engine: LinalgEngine,
  of: {
    readonly column: Column;
    readonly product: Float64Array;
    readonly solveResidual: number;
    readonly stopped: boolean;
  },
): TrialResult {
  const { column, product } = of;
  const { trial, data, start } = column;
  const { size } = trial.params;
  const finite = product.every(Number.isFinite);
  const { test, train } = errors(product, data);
  const spectrum = singularValues(engine, product, size);
  const least = engine.scope(() => leastNuclear(engine, data, size));
  const trivial = start.map((value, i) => (data.observed[i] === 1 ? data.target[i]! : value));
  const unobserved = data.observed.reduce((count, flag) => count + 1 - flag, 0);
  const drift = product.reduce((sum, value, i) => sum + (1 - data.observed[i]!) * (value - start[i]!) ** 2, 0);
  return {
    trialId: trial.trialId,
    outcome: of.stopped ? 'stopped' : (column.ended ?? 'step-limit'),
    metrics: {
      testError: column.ended === 'diverged' || !finite ? Infinity : test,
      trivialError: errors(trivial, data).test,
      trainError: train,
      effectiveRank: effectiveRank(spectrum),
      nuclearNorm: spectrum.reduce((sum, value) => sum + value, 0),
      leastNuclearNorm: least.nuclearNorm,
      leastNuclearError: least.error,
      unobservedDrift: unobserved > 0 ? Math.sqrt(drift / unobserved) : NaN,
      stepsTaken: column.stepsTaken,
      solveResidual: of.solveResidual,
    },
    traces: {
      step: column.step,
      testError: column.testError,
      trainError: column.trainError,
      effectiveRank: column.effectiveRank,
    },
  };
}

function leastNuclear(engine: LinalgEngine, data: MatrixCompletion, size: number) {
  const asTensor = (values: Float64Array): Tensor => engine.tensor(values, [size, size]);
  const given = { target: asTensor(data.target), observed: asTensor(data.observed) };
  const { completion, nuclearNorm } = nuclearNormCompletion(engine, given, { tolerance: 0.01, maxIterations: 500 });
  return { nuclearNorm, error: errors(engine.read(completion), data).test };
}
