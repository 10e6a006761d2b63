import { planarClassification as declaration } from '@natsweep/catalogue';
import { planarClassification as dataset } from '@natsweep/datasets';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { logLogisticLoss } from '@natsweep/models';
import { loadLargeMarginSolver, type LargeMarginSolver, type SignedInputs } from '@natsweep/theory';
import type { z } from 'zod';
import { columnOf, layOut, type TrialLayout } from './diagonal-batch.ts';
import { startDescent, type DiagonalDescent } from './diagonal-descent.ts';
import { drive } from './drive-descent.ts';
import { followCrossing, logMean, notCrossed, type LossCrossing } from './loss-crossing.ts';
import { degrees, planarLimits, type PlanarLimits, type Point } from './planar-limits.ts';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';

type Params = z.infer<typeof declaration.parameters>;
type Trial = ExperimentTrial<Params>;

const MAX_INPUTS = 1e6;
const RECORDED_STEPS = 200;
const LOSS_OF_COMPARISON = 1e-3;

/** Trains a batch of planar classifiers as one tensor program and measures their directions. */
export const planarClassification: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly Trial[], context: TrialContext): AsyncIterable<TrialResult> {
  const [first] = trials;
  if (first === undefined) return;
  const solver = await loadLargeMarginSolver();
  const layouts = layOut(trials, {
    dataKey: ({ seed }) => String(seed),
    inputsPerDataset: 2 * first.params.samples,
    maxInputs: MAX_INPUTS,
  });
  for (const layout of layouts) yield* runLayout(layout, context, solver);
}

/** What a column has shown so far. */
interface Recording {
  readonly separator0: Point;
  readonly step: number[];
  readonly angle: number[];
  /** Of the direction, at the loss of comparison. */
  crossing: LossCrossing;
}

async function* runLayout(
  layout: TrialLayout<Params>,
  context: TrialContext,
  solver: LargeMarginSolver,
): AsyncIterable<TrialResult> {
  const { engine } = context;
  const { params } = layout.groups[0]![0]!;
  const tasks = layout.groups.map(([trial]) => signedPoints(trial!));
  const signedInputs = engine.tensor(
    tasks.flatMap((task) => Array.from(task.values)),
    [tasks.length, params.samples, 2],
  );
  const descent = startDescent(engine, layout, signedInputs);
  const columns = layout.groups.flatMap((group, index) =>
    group.map((trial, column) => {
      const at = { dataset: index, column, columns: layout.columns };
      return { trial, task: tasks[index]!, at, recording: emptyRecording(engine, descent, at) };
    }),
  );
  const steps = params.method === 'ngf' ? 1 : params.steps;
  const interval = Math.ceil(steps / RECORDED_STEPS);
  const observe = (step: number): boolean => {
    const isRecorded = step % interval === 0 || step === steps;
    if (!isRecorded && columns.every(({ recording }) => !Number.isNaN(recording.crossing.value))) return false;
    const state = engine.scope(() => readState(engine, signedInputs, descent));
    for (const { recording, at } of columns) {
      const [x, y] = columnOf(state.separators, { ...at, rows: 2 });
      const angle = degrees([x!, y!]);
      const logLoss = logMean(columnOf(state.logLosses, { ...at, rows: params.samples }));
      recording.crossing = followCrossing(recording.crossing, { logLoss, quantity: angle }, LOSS_OF_COMPARISON);
      if (!isRecorded) continue;
      recording.step.push(step);
      recording.angle.push(angle);
    }
    return false;
  };
  const step = (number: number) => {
    descent.step();
    for (const { trial } of columns) context.progress(trial.trialId, number, steps);
  };
  try {
    const stopped = await drive({ steps, signal: context.signal, step, observe });
    const state = engine.scope(() => readState(engine, signedInputs, descent));
    for (const { trial, task, at, recording } of columns) {
      const smallestMargin = Math.min(...columnOf(state.margins, { ...at, rows: params.samples }));
      yield summarise(trial, {
        task,
        recording,
        smallestMargin,
        stopped,
        limits: planarLimits(engine, solver, { task, separator0: recording.separator0, ...trial.params }),
      });
    }
  } finally {
    descent.free();
    engine.free(signedInputs);
  }
}

function signedPoints({ params, seed }: Trial): SignedInputs {
  const { inputs, labels } = dataset({ seed, samples: params.samples });
  return {
    values: inputs.map((value, i) => value * labels[i >> 1]!),
    samples: params.samples,
    dimension: 2,
  };
}

function emptyRecording(
  engine: LinalgEngine,
  descent: DiagonalDescent,
  at: { readonly dataset: number; readonly column: number; readonly columns: number },
): Recording {
  const values = engine.scope(() => engine.read(descent.separators()));
  const [x, y] = columnOf(values, { ...at, rows: 2 });
  return { separator0: [x!, y!], step: [], angle: [], crossing: notCrossed };
}

function readState(engine: LinalgEngine, signedInputs: Tensor, descent: DiagonalDescent) {
  const separators = descent.separators();
  const margins = engine.matmul(signedInputs, separators);
  return {
    separators: engine.read(separators),
    margins: engine.read(margins),
    logLosses: engine.read(logLogisticLoss(engine, margins)),
  };
}

function summarise(
  trial: Trial,
  of: {
    readonly task: SignedInputs;
    readonly recording: Recording;
    readonly smallestMargin: number;
    readonly stopped: boolean;
    readonly limits: PlanarLimits;
  },
): TrialResult {
  const { recording, limits, smallestMargin } = of;
  const angle = recording.angle.at(-1)!;
  const outcome = !Number.isFinite(smallestMargin) ? 'diverged' : smallestMargin > 0 ? 'converged' : 'step-limit';
  return {
    trialId: trial.trialId,
    outcome: of.stopped ? 'stopped' : outcome,
    metrics: {
      angle,
      angleToLimit: Math.abs(angle - limits.own),
      angleToL2: Math.abs(angle - limits.l2),
      angleToL1: Math.abs(angle - limits.l1),
      angleToAxis: Math.abs(angle),
      angleAtLoss: recording.crossing.value,
      smallestMargin,
    },
    traces: {
      step: recording.step,
      angle: recording.angle,
      angleLimit: recording.angle.map(() => limits.own),
    },
  };
}
