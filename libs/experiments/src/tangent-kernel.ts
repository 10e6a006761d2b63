import { tangentKernel as declaration } from '@natsweep/catalogue';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { factorContexts, matrixProduct, productPullback, productResponse, type MatrixFactors } from '@natsweep/models';
import { matrixNaturalGradient } from '@natsweep/ngd';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { gaussianFactors } from './gaussian-factors.ts';

type Params = z.infer<typeof declaration.parameters>;

/** One panel per trial: the tangent kernel's column of the centre entry, or its finite-step counterpart. */
export const tangentKernel: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const { trialId, params, seed } of trials) {
    const { panel, solveResidual } = context.engine.scope(() => {
      const { moved, relativeResidual } = movement(context.engine, params, seed);
      return { panel: context.engine.read(moved), solveResidual: relativeResidual };
    });
    context.progress(trialId, 1, 1);
    const metrics = { ...describe(panel, params.size), solveResidual };
    yield { trialId, outcome: 'converged', metrics, traces: { panel } };
  }
}

interface Movement {
  /** How β moves per unit negative gradient at its centre, [size, size]. */
  readonly moved: Tensor;
  /** Of the natural gradient's system; NaN for Euclidean gradients, which solve none. */
  readonly relativeResidual: number;
}

function movement(
  engine: LinalgEngine,
  { method, depth, size, learningRate, initialScale }: Params,
  seed: number,
): Movement {
  const deviation = initialScale / Math.sqrt(size);
  const factors = gaussianFactors({ seed, depth, size, deviation }).map((values) =>
    engine.tensor(values, [size, size]),
  );
  const contexts = factorContexts(engine, factors);
  const centre = unitAtCentre(engine, size);
  const asked = { residual: centre, observed: centre, fisher: 'complete', tolerance: 1e-12 } as const;
  const isEuclidean = method === 'egf' || method === 'egd';
  const { gradients, relativeResidual } = isEuclidean
    ? { gradients: productPullback(engine, contexts, centre), relativeResidual: NaN }
    : matrixNaturalGradient(engine, factors, asked);
  if (method === 'egf' || method === 'ngf')
    return { moved: productResponse(engine, contexts, gradients), relativeResidual };
  const stepped: MatrixFactors = factors.map((factor, l) =>
    engine.binary('add', factor, engine.binary('multiply', gradients[l]!, learningRate)),
  );
  const change = engine.binary('subtract', matrixProduct(engine, stepped), matrixProduct(engine, factors));
  return { moved: engine.binary('divide', change, learningRate), relativeResidual };
}

function unitAtCentre(engine: LinalgEngine, size: number): Tensor {
  const values = new Float64Array(size * size);
  values[(size * size - 1) / 2] = 1;
  return engine.tensor(values, [size, size]);
}

function describe(panel: Float64Array, size: number): Record<string, number> {
  const middle = (size - 1) / 2;
  const squares = { centre: 0, cross: 0, field: 0 };
  panel.forEach((value, index) => {
    const [onRow, onColumn] = [Math.floor(index / size) === middle, index % size === middle];
    squares[onRow && onColumn ? 'centre' : onRow || onColumn ? 'cross' : 'field'] += value * value;
  });
  const total = squares.centre + squares.cross + squares.field;
  const centre = panel[(size * size - 1) / 2]!;
  return {
    centre,
    crossShare: squares.cross / total,
    fieldShare: squares.field / total,
    identityDistance: Math.sqrt((centre - 1) ** 2 + squares.cross + squares.field),
  };
}
