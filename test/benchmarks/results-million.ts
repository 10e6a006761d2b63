import { declarations } from '@natsweep/catalogue';
import type { ResultsStore, StoredSweep } from '@natsweep/results';
import { createGrid, formatProblem, parseSweepSpec } from '@natsweep/sweep';
import type { Grid, Observation } from '@natsweep/sweep';

/** Steps of each of the two traces of a trial. */
export const traceSteps = 30;

/** 257 learning rates × 13 dampings × 3 widths × 4 depths × 5 approximations × 5 seeds are 1,002,300 trials. */
const yaml = `name: million
experiment: wide-training
axes:
  learningRateScale: { linspace: [0.1, 2, 257] }
  damping: { logspace: [1e-12, 1, 13] }
  width: [256, 1024, 4096]
  depth: [3, 4, 6, 7]
  approximation: [exact, block-diagonal, block-tridiagonal, kfac, unit-wise]
repeats: 5
order: grid
objective: { metric: finalTrainLoss, goal: minimize }
`;

const curve = Array.from({ length: traceSteps }, (_, step) => 0.5 * Math.exp(-0.2 * step));

export interface Million {
  readonly sweep: StoredSweep;
  readonly observation: (index: number) => Observation;
}

/** A sweep of that many trials, and what each of them is to have found. */
export function millionTrials(planned: number): Million {
  const parsed = parseSweepSpec(yaml, { file: 'million.yaml', experiments: declarations });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const { spec } = parsed;
  const grid = createGrid(
    spec,
    declarations.find(({ name }) => name === spec.experiment)!,
  );
  const sweep: StoredSweep = {
    name: 'million',
    experiment: spec.experiment,
    experimentVersion: spec.experimentVersion,
    spec: JSON.stringify(spec),
    planned,
    state: 'running',
    stateReason: null,
    createdAtMs: Date.now(),
    completedAtMs: null,
    commandId: 'benchmark',
  };
  return { sweep, observation: (index) => observation(grid, index) };
}

function observation(grid: Grid, index: number): Observation {
  const { trialId, params, seed } = grid.trial(index);
  const loss = Math.random();
  return {
    kind: 'observation',
    sweep: 'million',
    trialId,
    index,
    params,
    seed,
    attempt: { attempt: 1, worker: 'bench-1', slot: `cpu-${index % 2}`, startedAtMs: Date.now(), elapsedSeconds: loss },
    outcome: index % 20 === 7 ? 'diverged' : 'converged',
    metrics: {
      finalTrainLoss: index % 20 === 7 ? null : loss,
      finalTestLoss: loss * 2,
      finalTestAccuracy: 1 - loss / 10,
      deviationFromTheory: loss / 100,
      stepsToLoss: index % 60,
      contractionPerStep: loss / 7,
      alpha: 3,
      learningRate: loss / 1000,
      condition: 1e6 * loss,
      initialTrainLoss: loss * 1e3,
    },
    traces: { trainLoss: curve.map((value) => value * (1 + loss / 100)), trainLossTheory: curve },
    engine: { engine: 'openblas', device: 'cpu', precision: 'float64', threads: 1, versions: { openblas: '0.3.21' } },
  };
}

const metrics = [
  'finalTrainLoss',
  'finalTestLoss',
  'finalTestAccuracy',
  'deviationFromTheory',
  'stepsToLoss',
  'contractionPerStep',
  'alpha',
  'learningRate',
  'condition',
  'initialTrainLoss',
];
const four = ['approximation', 'depth', 'width', 'damping'];
const filter = 'depth % 3 != 1 && damping < 0.5 || width * depth > 4096';

type Question = readonly [title: string, ask: (store: ResultsStore) => Promise<unknown>];

export const questions: readonly Question[] = [
  ['how many by outcome and failure', (store) => store.counts('million')],
  ['first page by index', (store) => store.rows('million', { limit: 50 })],
  ['first page by a parameter', (store) => store.rows('million', { orderBy: 'params.damping', limit: 50 })],
  ['best 50 by a metric', (store) => store.rows('million', { orderBy: 'metrics.finalTrainLoss', limit: 50 })],
  [
    'two parameters and a metric filtered, best 50 by another',
    (store) =>
      store.rows('million', {
        filter: "approximation == 'kfac' && depth > 4 && finalTrainLoss < 0.001",
        orderBy: 'metrics.finalTestAccuracy',
        descending: true,
        limit: 50,
      }),
  ],
  ['mean ± interval of a metric over all', (store) => store.groups('million', [], ['finalTrainLoss'])],
  ['by 1 parameter, 1 metric', (store) => store.groups('million', ['approximation'], ['finalTrainLoss'])],
  ['by 1 parameter, all 10 metrics', (store) => store.groups('million', ['approximation'], metrics)],
  [
    'by 4 parameters (780 groups), 2 metrics',
    (store) => store.groups('million', four, ['finalTrainLoss', 'deviationFromTheory']),
  ],
  ['by 4 parameters (780 groups), all 10 metrics', (store) => store.groups('million', four, metrics)],
  [
    'by 4 parameters, all 10 metrics, of trials filtered by an expression',
    (store) => store.groups('million', four, metrics, { filter }),
  ],
  [
    'paired differences to a baseline, one damping',
    (store) => store.pairs('million', { ...pairs, by: ['depth', 'width'], where: { damping: 1 } }),
  ],
  ['paired differences to a baseline, all', (store) => store.pairs('million', { ...pairs, by: ['depth'] })],
  [
    'paired differences to a baseline, of trials filtered by an expression',
    (store) => store.pairs('million', { ...pairs, by: ['depth'], filter }),
  ],
  ['first piece of an export', async (store) => void (await firstOf(store.export('million', { format: 'csv' })))],
];

const pairs = { parameter: 'approximation', baseline: 'exact', metric: 'finalTrainLoss' } as const;

async function firstOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  for await (const piece of pieces) return piece;
  return undefined;
}

/** The 50 rows after nine tenths of all, by index and by a metric. */
export async function farPages(store: ResultsStore): Promise<readonly Question[]> {
  const [byIndex] = await store.rows('million', { filter: `index >= ${0.9 * (await size(store))}`, limit: 1 });
  const far = { orderBy: 'metrics.finalTrainLoss', limit: 50 };
  const [byMetric] = await store.rows('million', { ...far, filter: 'finalTrainLoss > 0.9', limit: 1 });
  return [
    ['a page after nine tenths of all, by index', () => store.rows('million', { limit: 50, after: byIndex! })],
    ['a page after nine tenths of all, by a metric', () => store.rows('million', { ...far, after: byMetric! })],
  ];
}

async function size(store: ResultsStore): Promise<number> {
  return (await store.counts('million')).observed;
}
