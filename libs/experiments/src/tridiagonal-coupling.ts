import { tridiagonalCoupling as declaration } from '@natsweep/catalogue';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import {
  applyDirection,
  blockTridiagonalCoupling,
  createNetwork,
  freeNetwork,
  linearise,
  outputs,
} from '@natsweep/models';
import type { Direction, Network } from '@natsweep/models';
import { blockTridiagonal, couplingResponse } from '@natsweep/ngd';
import { blockTridiagonalAlpha } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { requireRegularMetric } from './independent-inputs.ts';
import { norm } from './squared-loss.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';

type Params = z.infer<typeof declaration.parameters>;

/** The matrix Σ of a depth, and what the step that it defines does to the outputs of a real network. */
export const tridiagonalCoupling: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield runTrial(trial, context);
}

function runTrial({ trialId, params, seed }: ExperimentTrial<Params>, context: TrialContext): TrialResult {
  const { engine, progress } = context;
  progress(trialId, 0, 1);
  const dataset = wideDataset(params, seed, context);
  const architecture = wideArchitecture(params, dataset);
  if (params.damping === 0)
    requireRegularMetric(
      engine,
      { train: dataset.train, architecture },
      { approximation: 'block-tridiagonal', remedy: 'add damping' },
    );
  const { inertia, response } = couplingResponse(engine, blockTridiagonalCoupling(params.depth));
  const metrics = engine.scope(() => {
    const { inputs, targets } = splitTensors(engine, dataset, dataset.train);
    const network = createNetwork(engine, architecture, seed);
    const at = linearise(engine, network, inputs);
    const residual = engine.binary('subtract', at.outputs, targets);
    const direction = blockTridiagonal().direction(engine, at, residual, {
      damping: params.damping,
      measureCondition: true,
    });
    const g = engine.read(residual);
    const moved = measuredResponse(engine, network, inputs, direction);
    freeNetwork(engine, network);
    const alpha = moved.reduce((sum, value, i) => sum + value * g[i]!, 0) / norm(g) ** 2;
    return {
      alpha,
      alphaTheory: blockTridiagonalAlpha(params.depth),
      anisotropicPart: norm(moved.map((value, i) => value - alpha * g[i]!)) / norm(g),
      smallestCouplingEigenvalue: smallestEigenvalue(engine, params.depth),
      smallestCouplingCurvature: smallestCurvature(engine, params.depth),
      negativeCouplingEigenvalues: inertia.negative,
      zeroCouplingEigenvalues: inertia.zero,
      condition: direction.statistics.condition ?? NaN,
      droppedDirections: direction.statistics.dropped,
      poleDistance: direction.statistics.poleDistance ?? NaN,
    };
  });
  progress(trialId, 1, 1);
  return { trialId, outcome: 'converged', metrics, traces: { couplingResponse: response } };
}

/** JΔθ as the central difference of the network's own outputs along the step. */
function measuredResponse(engine: LinalgEngine, network: Network, inputs: Tensor, direction: Direction): Float64Array {
  const step = 1e-5;
  applyDirection(engine, network, direction, -step);
  const ahead = engine.read(outputs(engine, network, inputs));
  applyDirection(engine, network, direction, 2 * step);
  const behind = engine.read(outputs(engine, network, inputs));
  return ahead.map((value, i) => (value - behind[i]!) / (2 * step));
}

function smallestEigenvalue(engine: LinalgEngine, depth: number): number {
  const coupling = engine.tensor(blockTridiagonalCoupling(depth).flat(), [depth, depth]);
  return engine.read(engine.eigh(coupling).values)[0]!;
}

/** Of PΣP + 3P̄, P̄ = 11ᵀ/L and P = I − P̄: no eigenvalue of Σ is above 3, so the smallest one is that on the complement of 1_L. */
function smallestCurvature(engine: LinalgEngine, depth: number): number {
  const coupling = engine.tensor(blockTridiagonalCoupling(depth).flat(), [depth, depth]);
  const mean = engine.full([depth, depth], 1 / depth);
  const projector = engine.binary('subtract', engine.eye(depth), mean);
  const inside = engine.matmul(engine.matmul(projector, coupling), projector);
  return engine.read(engine.eigh(engine.binary('add', inside, engine.binary('multiply', 3, mean))).values)[0]!;
}
