import { setImmediate } from 'node:timers/promises';
import { descentLimits, sharedLimit } from '@natsweep/catalogue';
import { fastestStableRate, gradientDescent } from '@natsweep/egd';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { applyDirection, createNetwork, directionResponse, freeNetwork, linearise, outputs } from '@natsweep/models';
import type { DescentRule, Network } from '@natsweep/models';
import { createRule, exact } from '@natsweep/ngd';
import { isotropyConstant } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { requireRegularMetric } from './independent-inputs.ts';
import { parameterDistance } from './parameter-space.ts';
import { norm } from './squared-loss.ts';
import { isDivergent } from './training-run.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';
import type { SplitTensors } from './wide-network.ts';

type Params = z.infer<typeof descentLimits.parameters>;

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield await runTrial(trial, context);
}

/** A network trained to its end by one rule and, beside it, by the exact natural gradient. */
export const descentLimitsExperiment: Experiment<typeof descentLimits.parameters> = { declaration: descentLimits, run };

/** The same run, judged by the claims on the limit that gradient descent and natural gradient descent share. */
export const sharedLimitExperiment: Experiment<typeof sharedLimit.parameters> = { declaration: sharedLimit, run };

async function runTrial(
  { trialId, params, seed }: ExperimentTrial<Params>,
  context: TrialContext,
): Promise<TrialResult> {
  const { engine } = context;
  const dataset = wideDataset(params, seed, context);
  const architecture = wideArchitecture(params, dataset);
  const { approximation } = params;
  const isEuclidean = approximation === 'gradient-descent';
  // gradient descent inverts nothing, but is measured against the limit of the exact rule
  const inverted = isEuclidean ? 'exact' : approximation;
  requireRegularMetric(engine, { train: dataset.train, architecture }, { approximation: inverted });
  const [train, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const fresh = (): Network => createNetwork(engine, architecture, seed);
  const networks = { start: fresh(), trained: fresh(), natural: fresh(), ownLimit: fresh(), exactLimit: fresh() };
  try {
    const rule = isEuclidean ? gradientDescent() : createRule(approximation);
    const alpha = isEuclidean
      ? 1 / engine.scope(() => fastestStableRate(engine, linearise(engine, networks.start, train.inputs)))
      : isotropyConstant(approximation, architecture, { samples: params.samples });
    const limitOf = (network: Network, of: DescentRule, constant: number) =>
      moveToLimit(engine, { network, start: networks.start }, { train, held, rule: of, alpha: constant });
    const exactLimit = limitOf(networks.exactLimit, exact(), 1);
    // gradient descent has the limit of the exact rule
    const ownLimit = isEuclidean ? limitOf(networks.ownLimit, exact(), 1) : limitOf(networks.ownLimit, rule, alpha);
    const onStep = (done: number) => context.progress(trialId, done, params.maxSteps);
    const pace = { train, tolerance: params.tolerance, maxSteps: params.maxSteps, signal: context.signal, onStep };
    const natural = await descend(engine, networks.natural, { ...pace, rule: exact(), learningRate: 0.5 });
    const own = await descend(engine, networks.trained, {
      ...pace,
      rule,
      learningRate: params.learningRateScale / alpha,
    });
    const outputsOf = (network: Network): Float64Array =>
      engine.scope(() => engine.read(outputs(engine, network, held.inputs)));
    const [outputsEnd, outputsNatural] = [outputsOf(networks.trained), outputsOf(networks.natural)];
    const converged = own.ended === 'converged' && natural.ended === 'converged';
    const apart = (a: Float64Array, b: Float64Array): number =>
      norm(a.map((value, i) => value - b[i]!)) / own.residual0;
    const least = parameterDistance(engine, networks.exactLimit, networks.start);
    const limits = {
      limitDeviation: apart(outputsEnd, ownLimit),
      distanceFromNatural: apart(outputsEnd, outputsNatural),
      limitsApart: apart(ownLimit, exactLimit),
      parameterDeviation:
        parameterDistance(engine, networks.trained, networks.ownLimit) /
        parameterDistance(engine, networks.ownLimit, networks.start),
      parameterDistanceFromExact: parameterDistance(engine, networks.trained, networks.exactLimit) / least,
      movementOverLeast: parameterDistance(engine, networks.trained, networks.start) / least,
    };
    return {
      trialId,
      outcome: own.ended,
      metrics: {
        steps: own.steps,
        finalResidual: own.finalResidual,
        ...(converged ? limits : Object.fromEntries(Object.keys(limits).map((name) => [name, NaN]))),
      },
      traces: {},
    };
  } finally {
    for (const network of Object.values(networks)) freeNetwork(engine, network);
    engine.free(train.inputs, train.targets, held.inputs, held.targets);
  }
}

/** θ ← θ_0 − Δθ/α, and f_0(x) − J(x)Δθ/α on the test points: where the linearised network ends (Karakida & Osawa 2020, eq. 22). */
function moveToLimit(
  engine: LinalgEngine,
  { network, start }: { readonly network: Network; readonly start: Network },
  { train, held, rule, alpha }: { train: SplitTensors; held: SplitTensors; rule: DescentRule; alpha: number },
): Float64Array {
  return engine.scope(() => {
    const [at, heldAt] = [linearise(engine, start, train.inputs), linearise(engine, start, held.inputs)];
    const residual = engine.binary('subtract', at.outputs, train.targets);
    const direction = rule.direction(engine, at, residual, { damping: 0 });
    applyDirection(engine, network, direction, 1 / alpha);
    const response = engine.read(directionResponse(engine, heldAt, direction));
    return engine.read(heldAt.outputs).map((value, i) => value - response[i]! / alpha);
  });
}

interface Descent {
  readonly train: { readonly inputs: Tensor; readonly targets: Tensor };
  readonly rule: DescentRule;
  readonly learningRate: number;
  readonly tolerance: number;
  readonly maxSteps: number;
  readonly signal: AbortSignal;
  readonly onStep: (done: number) => void;
}

/** Descends at damping 0 until the residual is `tolerance` of its start. Changes the network in place. */
async function descend(engine: LinalgEngine, network: Network, descent: Descent) {
  const { train, rule, learningRate, tolerance, maxSteps, signal, onStep } = descent;
  let residual0: Float64Array | undefined;
  for (let steps = 0; ; steps++) {
    const residual = engine.scope(() => {
      const at = linearise(engine, network, train.inputs);
      const now = engine.binary('subtract', at.outputs, train.targets);
      const values = engine.read(now);
      const goes = norm(values) > tolerance * norm(residual0 ?? values) && !isDivergent(values, residual0 ?? values);
      if (goes && steps < maxSteps)
        applyDirection(engine, network, rule.direction(engine, at, now, { damping: 0 }), learningRate);
      return values;
    });
    residual0 ??= residual;
    const finalResidual = norm(residual) / norm(residual0);
    const report = { steps, residual0: norm(residual0), finalResidual };
    if (finalResidual <= tolerance) return { ...report, ended: 'converged' as const };
    if (isDivergent(residual, residual0)) return { ...report, ended: 'diverged' as const };
    if (steps === maxSteps) return { ...report, ended: 'step-limit' as const };
    onStep(steps);
    if (steps % 16 === 0) await setImmediate();
    if (signal.aborted) return { ...report, ended: 'stopped' as const };
  }
}
