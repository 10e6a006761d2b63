import { matrixCompletion as declaration } from '@natsweep/catalogue';
import { matrixCompletion as dataset, type MatrixCompletion } from '@natsweep/datasets';
import type { LinalgEngine } from '@natsweep/linalg';
import { matrixProduct, type MatrixFactors } from '@natsweep/models';
import { effectiveRank } from '@natsweep/theory';
import type { z } from 'zod';
import { startCompletion, type CompletionDescent } from './completion-descent.ts';
import { completionErrors, completionMetrics, singularValues } from './completion-summary.ts';
import { drive } from './drive-descent.ts';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { gaussianFactors } from './gaussian-factors.ts';

type Params = z.infer<typeof declaration.parameters>;
type Trial = ExperimentTrial<Params>;

const RECORDED_STEPS = 40;
const STEPS_BETWEEN_CHECKS = 10;
/** Mean squared error beyond which a trial counts as diverged; that of β* itself is 1. */
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
  end: End;
}

/** Where a trial stands, or stood when it left the batch. */
interface End {
  readonly outcome: 'converged' | 'diverged' | undefined;
  readonly product: Float64Array;
  readonly stepsTaken: number;
  readonly solveResidual: number;
}

async function* run(trials: readonly Trial[], context: TrialContext): AsyncIterable<TrialResult> {
  const [first] = trials;
  if (first === undefined) return;
  const { engine } = context;
  const { size, steps } = first.params;
  const tasks = trials.map(({ params, seed }) => dataset({ ...params, seed }));
  const descent = startBatch(engine, trials, tasks);
  const columns = matrices(engine, descent, size).map((start, index): Column => {
    const recordings = { step: [], testError: [], trainError: [], effectiveRank: [] };
    const end = { outcome: undefined, product: start, stepsTaken: 0, solveResidual: NaN };
    return { trial: trials[index]!, data: tasks[index]!, start, ...recordings, end };
  });
  let running: readonly Column[] = columns;
  const observe = (step: number): boolean => {
    if (step % STEPS_BETWEEN_CHECKS !== 0 && step !== steps) return false;
    check(engine, { columns: running, descent, step });
    const left = Array.from(running.keys()).filter((place) => running[place]!.end.outcome === undefined);
    if (left.length > 0 && left.length < running.length) descent.retain(left);
    running = left.map((place) => running[place]!);
    return running.length === 0;
  };
  const step = (number: number) => {
    descent.step();
    for (const { trial } of running) context.progress(trial.trialId, number, steps);
  };
  try {
    const stopped = await drive({ steps, signal: context.signal, step, observe });
    for (const column of columns) yield summarise(engine, column, stopped);
  } finally {
    descent.free();
  }
}

function startBatch(
  engine: LinalgEngine,
  trials: readonly Trial[],
  tasks: readonly MatrixCompletion[],
): CompletionDescent {
  const { params } = trials[0]!;
  const stack = (values: readonly Float64Array[]) =>
    engine.tensor(
      values.flatMap((matrix) => Array.from(matrix)),
      [trials.length, params.size, params.size],
    );
  const perTrial = (value: (trial: Trial) => number) => engine.tensor(trials.map(value), [trials.length, 1, 1]);
  const start = engine.scope(() => startFactors(engine, trials));
  const own = {
    targets: stack(tasks.map(({ target }) => target)),
    observed: stack(tasks.map(({ observed }) => observed)),
    observations: perTrial((trial) => trial.params.observations),
    learningRates: perTrial((trial) => trial.params.learningRate),
  };
  return startCompletion(engine, own, { params, start });
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

/** β of every trial that is left, row-major. */
function matrices(engine: LinalgEngine, descent: CompletionDescent, size: number): Float64Array[] {
  const values = engine.scope(() => engine.read(descent.product()));
  const entries = size * size;
  return Array.from({ length: values.length / entries }, (_, i) => values.slice(i * entries, (i + 1) * entries));
}

/** Measures errors, notes which trials have ended, and records at regular intervals. */
function check(
  engine: LinalgEngine,
  at: { readonly columns: readonly Column[]; readonly descent: CompletionDescent; readonly step: number },
): void {
  const { size, steps, targetError } = at.columns[0]!.trial.params;
  const interval = STEPS_BETWEEN_CHECKS * Math.ceil(steps / RECORDED_STEPS / STEPS_BETWEEN_CHECKS);
  const products = matrices(engine, at.descent, size);
  const residuals = at.descent.solveResiduals();
  at.columns.forEach((column, index) => {
    const product = products[index]!;
    const { test, train } = completionErrors(product, column.data);
    const outcome = !(test <= DIVERGENCE) ? 'diverged' : train <= targetError ? 'converged' : undefined;
    column.end = { outcome, product, stepsTaken: at.step, solveResidual: residuals[index]! };
    if (at.step % interval !== 0 && at.step !== steps && outcome === undefined) return;
    column.step.push(at.step);
    column.testError.push(test);
    column.trainError.push(train);
    column.effectiveRank.push(effectiveRank(singularValues(engine, product, size)));
  });
}

function summarise(engine: LinalgEngine, column: Column, stopped: boolean): TrialResult {
  const { trial, data, start, end } = column;
  const { product, stepsTaken, solveResidual } = end;
  const measured = { size: trial.params.size, data, start, product, diverged: end.outcome === 'diverged' };
  return {
    trialId: trial.trialId,
    outcome: end.outcome ?? (stopped ? 'stopped' : 'step-limit'),
    metrics: { ...completionMetrics(engine, measured), stepsTaken, solveResidual },
    traces: {
      step: column.step,
      testError: column.testError,
      trainError: column.trainError,
      effectiveRank: column.effectiveRank,
    },
  };
}
