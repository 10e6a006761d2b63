import type { ResultsStore, StoredSweep } from '@natsweep/results';
import { trialId } from '@natsweep/sweep';
import type { Observation } from '@natsweep/sweep';

/** Steps of each of the two traces of a trial. */
export const traceSteps = 30;

const approximations = ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac', 'unit-wise'];
const curve = Array.from({ length: traceSteps }, (_, step) => 0.5 * Math.exp(-0.2 * step));

export function millionSweep(planned: number): StoredSweep {
  return {
    name: 'million',
    experiment: 'wide-training',
    experimentVersion: 1,
    spec: '{}',
    planned,
    state: 'running',
    stateReason: null,
    createdAtMs: Date.now(),
    completedAtMs: null,
    commandId: 'benchmark',
  };
}

/** Five seeds × five approximations × four depths × three widths × 13 dampings × as many learning rates as it takes. */
export function millionObservation(index: number): Observation {
  const params = {
    approximation: approximations[Math.floor(index / 5) % 5]!,
    depth: 3 + (Math.floor(index / 25) % 4),
    width: 256 * 4 ** (Math.floor(index / 100) % 3),
    damping: 10 ** -(Math.floor(index / 300) % 13),
    learningRateScale: 1 + Math.floor(index / 3900) / 1000,
    dataset: 'mnist-0-7',
    activation: 'relu',
    samples: 100,
  };
  const seed = index % 5;
  const loss = Math.random();
  return {
    kind: 'observation',
    sweep: 'million',
    trialId: trialId({ experiment: 'wide-training', version: 1, params, seed }),
    index,
    params,
    seed,
    attempt: { attempt: 1, worker: 'bench-1', slot: `cpu-${index % 2}`, startedAtMs: Date.now(), elapsedSeconds: loss },
    outcome: index % 20 === 7 ? 'diverged' : 'converged',
    metrics: {
      trainLossFinal: index % 20 === 7 ? null : loss,
      testLossFinal: loss * 2,
      testAccuracy: 1 - loss / 10,
      deviationFromTheory: loss / 100,
      stepsToThreshold: index % 60,
      kernelChange: loss / 7,
      alphaMean: 3,
      secondsPerStep: loss / 1000,
      ntkConditionNumber: 1e6 * loss,
      fisherTrace: loss * 1e3,
    },
    traces: { trainLoss: curve.map((value) => value * (1 + loss / 100)), trainLossTheory: curve },
    engine: { engine: 'openblas', device: 'cpu', precision: 'float64', threads: 1, versions: { openblas: '0.3.21' } },
  };
}

export const metrics = Object.keys(millionObservation(0).metrics);

type Question = readonly [title: string, ask: (store: ResultsStore) => Promise<unknown>];

export const questions: readonly Question[] = [
  ['how many by outcome and failure', (store) => store.counts('million')],
  ['first page by index', (store) => store.rows('million', { limit: 50 })],
  ['first page by a parameter', (store) => store.rows('million', { orderBy: 'params.damping', limit: 50 })],
  ['best 50 by a metric', (store) => store.rows('million', { orderBy: 'metrics.trainLossFinal', limit: 50 })],
  [
    'two parameters and a metric filtered, best 50 by another',
    (store) =>
      store.rows('million', {
        filter: "approximation == 'kfac' && depth > 4 && trainLossFinal < 0.001",
        orderBy: 'metrics.testAccuracy',
        descending: true,
        limit: 50,
      }),
  ],
  ['mean ± interval of a metric over all', (store) => store.groups('million', [], ['trainLossFinal'])],
  ['by 1 parameter, 1 metric', (store) => store.groups('million', ['approximation'], ['trainLossFinal'])],
  ['by 1 parameter, all 10 metrics', (store) => store.groups('million', ['approximation'], metrics)],
  [
    'by 4 parameters (780 groups), 2 metrics',
    (store) =>
      store.groups(
        'million',
        ['approximation', 'depth', 'width', 'damping'],
        ['trainLossFinal', 'deviationFromTheory'],
      ),
  ],
  [
    'paired differences to a baseline, one damping',
    (store) => store.pairs('million', { ...pairs, by: ['depth', 'width'], where: { damping: 1e-6 } }),
  ],
  ['paired differences to a baseline, all', (store) => store.pairs('million', { ...pairs, by: ['depth'] })],
  ['first piece of an export', async (store) => void (await firstOf(store.export('million', { format: 'csv' })))],
];

const pairs = { parameter: 'approximation', baseline: 'exact', metric: 'trainLossFinal' } as const;

async function firstOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  for await (const piece of pieces) return piece;
  return undefined;
}

/** The 50 rows after nine tenths of all, by index and by a metric. */
export async function farPages(store: ResultsStore): Promise<readonly Question[]> {
  const [byIndex] = await store.rows('million', { filter: `index >= ${0.9 * (await size(store))}`, limit: 1 });
  const far = { orderBy: 'metrics.trainLossFinal', limit: 50 };
  const [byMetric] = await store.rows('million', { ...far, filter: 'trainLossFinal > 0.9', limit: 1 });
  return [
    ['a page after nine tenths of all, by index', () => store.rows('million', { limit: 50, after: byIndex! })],
    ['a page after nine tenths of all, by a metric', () => store.rows('million', { ...far, after: byMetric! })],
  ];
}

async function size(store: ResultsStore): Promise<number> {
  return (await store.counts('million')).observed;
}
