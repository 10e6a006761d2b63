import { constantStep, curvatureStep, lineSearchStep, lossNormalisedStep } from '@natsweep/egd';
import { RandomStream, type LinalgEngine, type Tensor } from '@natsweep/linalg';
import { diagonalProduct, type DiagonalWeights } from '@natsweep/models';
import {
  diagonalNaturalGradient,
  populationNaturalGradient,
  prepareLogisticInputs,
  type DiagonalRule,
} from '@natsweep/ngd';
import { naturalFlowSeparator } from '@natsweep/theory';
import { padded, perTrial, type TrialLayout } from './diagonal-batch.ts';

export interface DiagonalParams {
  readonly depth: number;
  readonly method: 'egd' | 'ngd' | 'ngd-population' | 'ngf';
  readonly naturalRule: DiagonalRule;
  readonly stepRule: 'curvature' | 'loss-normalised' | 'line-search' | 'constant';
  readonly learningRate: number;
  readonly start: 'zero' | 'gaussian' | 'balanced';
  readonly initialScale: number;
  readonly flowTime: number;
  readonly clip: number;
}

/** A descent under way over all trials of a layout; it owns its tensors. */
export interface DiagonalDescent {
  /** β, [datasets, D, columns]; the caller frees it. */
  separators(): Tensor;
  step(): void;
  /** Smallest numerical rank so far of a column's natural gradient systems; NaN for rules that solve none. */
  rank(of: { readonly dataset: number; readonly column: number }): number;
  free(): void;
}

interface State {
  readonly weights: DiagonalWeights;
  readonly memory: readonly Tensor[];
}

/**
 * Starts the descent that the trials' parameters ask for; all of a layout agree in all but learning rate, initial scale, seed
 * and data.
 *
 * @param signedInputs X̃, [datasets, N, D]; borrowed
 */
export function startDescent<Params extends DiagonalParams>(
  engine: LinalgEngine,
  layout: TrialLayout<Params>,
  signedInputs: Tensor,
): DiagonalDescent {
  const { params } = layout.groups[0]![0]!;
  const shape = [layout.groups.length, 1, layout.columns];
  const learningRates = engine.tensor(
    perTrial(layout, (trial) => trial.params.learningRate),
    shape,
  );
  const inputs = prepareLogisticInputs(engine, signedInputs);
  let leastRanks: readonly number[] = [];
  let state: State = { weights: startWeights(engine, layout, signedInputs.shape[2]!), memory: [] };
  if (params.method === 'egd' && params.stepRule === 'curvature')
    state = { ...state, memory: [startProbe(engine, layout, signedInputs.shape[1]!)] };
  if (params.method === 'egd' && params.stepRule === 'line-search')
    state = { ...state, memory: [engine.binary('add', learningRates, 0)] };

  const moveAgainst = (weights: DiagonalWeights, gradients: readonly Tensor[]): DiagonalWeights =>
    weights.map((weight, l) =>
      engine.binary('subtract', weight, engine.binary('multiply', gradients[l]!, learningRates)),
    );

  const next = ({ weights, memory }: State): State => {
    switch (params.method) {
      case 'egd':
        return euclideanStep(engine, signedInputs, { weights, memory, learningRates, stepRule: params.stepRule });
      case 'ngd': {
        const natural = diagonalNaturalGradient(engine, inputs, {
          weights,
          rule: params.naturalRule,
          clip: params.clip,
        });
        leastRanks = natural.ranks.map((rank, index) => Math.min(rank, leastRanks[index] ?? Infinity));
        return { weights: moveAgainst(weights, natural.gradients), memory: [] };
      }
      case 'ngd-population':
        return {
          weights: moveAgainst(weights, [populationNaturalGradient(engine, signedInputs, weights[0]!)]),
          memory: [],
        };
      case 'ngf':
        return {
          weights: [flowTo(engine, signedInputs, { from: weights[0]!, flowTime: params.flowTime })],
          memory: [],
        };
    }
  };

  return {
    separators: () => engine.scope(() => diagonalProduct(engine, state.weights)),
    step: () => {
      const old = state;
      state = engine.scope(() => next(old));
      engine.free(...old.weights, ...old.memory);
    },
    rank: ({ dataset, column }) => leastRanks[dataset * layout.columns + column] ?? NaN,
    free: () => {
      engine.free(...state.weights, ...state.memory, learningRates);
      if (inputs.gramFactor !== undefined) engine.free(inputs.gramFactor);
    },
  };
}

function euclideanStep(
  engine: LinalgEngine,
  signedInputs: Tensor,
  from: State & { readonly learningRates: Tensor; readonly stepRule: DiagonalParams['stepRule'] },
): State {
  const { weights, memory, learningRates, stepRule } = from;
  switch (stepRule) {
    case 'constant':
      return { weights: constantStep(engine, signedInputs, { weights, learningRates }), memory: [] };
    case 'loss-normalised':
      return { weights: lossNormalisedStep(engine, signedInputs, { weights, learningRates }), memory: [] };
    case 'line-search': {
      const searched = lineSearchStep(engine, signedInputs, { weights, learningRates: memory[0]! });
      return { weights: searched.weights, memory: [searched.learningRates] };
    }
    case 'curvature': {
      const stepped = curvatureStep(engine, signedInputs, { weights, probe: memory[0]! });
      return { weights: stepped.weights, memory: [stepped.probe] };
    }
  }
}

function startWeights<Params extends DiagonalParams>(
  engine: LinalgEngine,
  layout: TrialLayout<Params>,
  dimension: number,
): DiagonalWeights {
  const { depth, start } = layout.groups[0]![0]!.params;
  const shape = [layout.groups.length, dimension, layout.columns];
  return Array.from({ length: depth }, (_, layer) => {
    const values = new Float64Array(layout.groups.length * dimension * layout.columns);
    layout.groups.forEach((group, dataset) => {
      for (let column = 0; column < layout.columns; column++) {
        const { params, seed } = padded(group, column);
        const scale = params.initialScale ** (1 / depth);
        const own =
          start === 'gaussian'
            ? new RandomStream(seed, `weights/layer${layer + 1}`).normals(dimension).map((value) => value * scale)
            : new Float64Array(dimension).fill(start === 'zero' && layer === 0 ? 0 : scale);
        own.forEach((value, d) => (values[(dataset * dimension + d) * layout.columns + column] = value));
      }
    });
    return engine.tensor(values, shape);
  });
}

function startProbe<Params>(engine: LinalgEngine, layout: TrialLayout<Params>, samples: number): Tensor {
  const size = layout.groups.length * samples * layout.columns;
  return engine.tensor(new RandomStream(0, 'power-iteration').normals(size), [
    layout.groups.length,
    samples,
    layout.columns,
  ]);
}

/** Natural gradient flow of every column from β₀ to `flowTime`, in one step. */
function flowTo(
  engine: LinalgEngine,
  signedInputs: Tensor,
  options: { readonly from: Tensor; readonly flowTime: number },
): Tensor {
  const [datasets, samples, dimension] = signedInputs.shape as [number, number, number];
  const columns = options.from.shape[2]!;
  const flowed = Array.from({ length: datasets }, (_, dataset) => {
    const x = engine.reshape(engine.slice(signedInputs, [[dataset, dataset + 1]]), [samples, dimension]);
    return Array.from({ length: columns }, (_, column) => {
      const separator0 = engine.reshape(
        engine.slice(options.from, [[dataset, dataset + 1], null, [column, column + 1]]),
        [dimension],
      );
      return naturalFlowSeparator(engine, x, { separator0, flowTime: options.flowTime });
    });
  });
  const stacked = engine.reshape(engine.concat(flowed.flat(), 0), [datasets, columns, dimension]);
  return engine.transpose(stacked);
}
