import type { wideTraining } from '@natsweep/catalogue';
import { fastestStableRate, gradientDescent } from '@natsweep/egd';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { directionResponse, linearise } from '@natsweep/models';
import type { DescentRule, Linearisation, Network } from '@natsweep/models';
import { couplingResponse, createRule, kfac, layerWise } from '@natsweep/ngd';
import {
  coefficientMatrix,
  isotropicOutputs,
  isotropicResiduals,
  isotropyConstant,
  kfacCoefficient,
  layerWiseCoefficient,
} from '@natsweep/theory';
import type { IsotropicApproximation, Samples, Trajectory } from '@natsweep/theory';
import type { z } from 'zod';
import { analyticTrajectory, couplingOf, followed, kfacFormOf } from './wide-analytic.ts';
import { norm } from './squared-loss.ts';
import type { SplitTensors } from './wide-network.ts';

type Params = z.infer<typeof wideTraining.parameters>;

/** What theory says of a training run before its first step. */
export interface TrainingPrediction {
  /** Isotropy constant, or λ_max(Θ̄) of a rule that is not isotropic. */
  readonly alpha: number;
  /** η = c/alpha */
  readonly learningRate: number;
  /** (1 − c)^t g_0: the curve of damping 0. */
  readonly isotropic: readonly Float64Array[];
  /** f_t − y of the linearised network on the training samples, t = 0 … steps. */
  readonly residuals: readonly Float64Array[];
  /** f_t(x′) of the linearised network on the test samples. */
  readonly outputsTest: readonly Float64Array[];
  /** Both as the kernels of infinite width have them; undefined where no closed form is known. */
  readonly analytic: Trajectory | undefined;
}

export function ruleOf(params: Params): DescentRule {
  switch (params.approximation) {
    case 'gradient-descent':
      return gradientDescent();
    case 'layer-wise':
      return layerWise(couplingOf(params));
    case 'kfac':
      return kfac(kfacFormOf(params));
    default:
      return createRule(params.approximation);
  }
}

/** The isotropic curve where damping is 0 and the rule isotropic, else the trajectory of Θ̄ at initialisation. */
export function predictTraining(
  engine: LinalgEngine,
  network: Network,
  { training, heldInputs }: { readonly training: SplitTensors; readonly heldInputs: Tensor },
  params: Params,
): TrainingPrediction {
  return engine.scope(() => {
    const [at, held] = [linearise(engine, network, training.inputs), linearise(engine, network, heldInputs)];
    const residual = engine.binary('subtract', at.outputs, training.targets);
    const [residual0, outputs0] = [engine.read(residual), engine.read(held.outputs)];
    const { damping, steps } = params;
    const alpha = alphaOf(engine, at, params);
    const pace = { alpha, learningRate: params.learningRateScale / alpha, steps };
    const isotropic = isotropicResiduals(residual0, pace);
    const start = { learningRate: pace.learningRate, residual0, outputs0 };
    const samples = { architecture: network.architecture, train: training.inputs, held: heldInputs };
    const common = { ...pace, isotropic, analytic: analyticTrajectory(engine, samples, start, params) };
    if (damping === 0 && isotropicRule(params) !== undefined) {
      const direction = ruleOf(params).direction(engine, at, residual, { damping });
      const response = engine.read(directionResponse(engine, held, direction));
      const timed = { ...pace, dynamics: params.theoryDynamics };
      return {
        ...common,
        residuals: isotropicResiduals(residual0, timed),
        outputsTest: isotropicOutputs(outputs0, response, timed),
      };
    }
    const theta = {
      train: coefficientOf(engine, { rows: at, columns: at }, params),
      test: coefficientOf(engine, { rows: held, columns: at }, params),
    };
    const { residualsTrain, outputsTest } = followed(engine, theta, start, params);
    return { ...common, residuals: residualsTrain, outputsTest };
  });
}

/** The rule if its Θ̄ is αI at damping 0. */
function isotropicRule({ approximation, kfacBias }: Params): IsotropicApproximation | 'layer-wise' | undefined {
  switch (approximation) {
    case 'gradient-descent':
    case 'diagonal':
    case 'quasi-diagonal':
      return undefined;
    case 'kfac':
      return kfacBias === 'augmented' ? approximation : undefined;
    default:
      return approximation;
  }
}

function alphaOf(engine: LinalgEngine, at: Linearisation, params: Params): number {
  const rule = isotropicRule(params);
  if (rule === 'layer-wise') return couplingResponse(engine, couplingOf(params)).alpha;
  if (rule !== undefined)
    return isotropyConstant(rule, at.network.architecture, {
      samples: at.samples,
      inputNorm: norm(engine.read(at.activations[0]!)) / Math.sqrt(at.samples),
    });
  if (params.approximation === 'gradient-descent') return 1 / fastestStableRate(engine, at);
  return engine.read(engine.eigh(coefficientOf(engine, { rows: at, columns: at }, params)).values).at(-1)!;
}

function coefficientOf(engine: LinalgEngine, samples: Samples, params: Params): Tensor {
  switch (params.approximation) {
    case 'layer-wise':
      return layerWiseCoefficient(engine, couplingOf(params), samples, params.damping);
    case 'kfac':
      return kfacCoefficient(engine, samples, { damping: params.damping, form: kfacFormOf(params) });
    default:
      return coefficientMatrix(engine, params.approximation, samples, params.damping);
  }
}
