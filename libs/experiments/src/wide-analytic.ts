import { parseCoupling } from '@natsweep/catalogue';
import type { wideTraining } from '@natsweep/catalogue';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { blockDiagonalCoupling, blockTridiagonalCoupling } from '@natsweep/models';
import type { Architecture, Coupling, KfacForm } from '@natsweep/models';
import { couplingResponse } from '@natsweep/ngd';
import { analyticCoefficient, flowTrajectory, isotropicResiduals, linearisedTrajectory } from '@natsweep/theory';
import type { AnalyticRule, Trajectory } from '@natsweep/theory';
import type { z } from 'zod';

type Params = z.infer<typeof wideTraining.parameters>;

export interface Start {
  readonly learningRate: number;
  /** f_0 − y on the training samples. */
  readonly residual0: Float64Array;
  /** f_0(x′) on the test samples. */
  readonly outputs0: Float64Array;
}

/**
 * Training and test curves with the kernels of infinite width in place of the network's own (Karakida & Osawa 2020, eq. 10, 14,
 * 16, 21). Undefined for entry-wise metrics, for inputs without unit norm, and at damping 0 for a singular Σ, where the layers do
 * not respond in fixed shares. The unit-wise metric has (1 − c)^t on the training samples, the limit ρ → 0 whatever the damping
 * (eq. 24), and nothing on test samples: S.156 sums over the units of a finite network.
 */
export function analyticTrajectory(
  engine: LinalgEngine,
  samples: { readonly architecture: Architecture; readonly train: Tensor; readonly held: Tensor },
  start: Start,
  params: Params,
): Trajectory | undefined {
  const { architecture, train, held } = samples;
  if (params.normalisation === 'none') return undefined;
  if (params.approximation === 'unit-wise') {
    const { steps, theoryDynamics: dynamics, learningRateScale } = params;
    const pace = { alpha: learningRateScale / start.learningRate, learningRate: start.learningRate, steps, dynamics };
    return { residualsTrain: isotropicResiduals(start.residual0, pace), outputsTest: [] };
  }
  const rule = analyticRule(engine, architecture, params);
  if (rule === undefined) return undefined;
  return engine.scope(() => {
    const theta = (rows: Tensor) =>
      analyticCoefficient(engine, architecture, { train, rows }, { rule, damping: params.damping });
    return followed(engine, { train: theta(train), test: theta(held) }, start, params);
  });
}

/** The trajectory of Θ̄ in the dynamics that the parameters name. */
export function followed(
  engine: LinalgEngine,
  theta: { readonly train: Tensor; readonly test: Tensor },
  { learningRate, residual0, outputs0 }: Start,
  { steps, theoryDynamics }: Pick<Params, 'steps' | 'theoryDynamics'>,
): Trajectory {
  const test = { coefficient: theta.test, outputs0 };
  if (theoryDynamics === 'steps')
    return linearisedTrajectory(engine, theta.train, residual0, { learningRate, steps, test });
  const times = Array.from({ length: steps + 1 }, (_, t) => t);
  return flowTrajectory(engine, theta.train, residual0, { learningRate, times, test });
}

function analyticRule(engine: LinalgEngine, { widths }: Architecture, params: Params): AnalyticRule | undefined {
  const depth = widths.length - 1;
  switch (params.approximation) {
    case 'gradient-descent':
    case 'exact':
      return { kind: params.approximation };
    case 'block-diagonal':
      return coupledRule(engine, blockDiagonalCoupling(depth), params.damping);
    case 'block-tridiagonal':
      return coupledRule(engine, blockTridiagonalCoupling(depth), params.damping);
    case 'layer-wise':
      return coupledRule(engine, couplingOf(params), params.damping);
    case 'kfac':
      return { kind: 'kfac', form: kfacFormOf(params) };
    case 'unit-wise':
    case 'diagonal':
    case 'quasi-diagonal':
      return undefined;
  }
}

function coupledRule(engine: LinalgEngine, coupling: Coupling, damping: number): AnalyticRule | undefined {
  const { response, kernel } = couplingResponse(engine, coupling);
  return damping === 0 && kernel.length > 0 ? undefined : { kind: 'layer-wise', coupling, response };
}

/** Σ of the parameters; the declaration has refused what is no matrix. */
export function couplingOf({ coupling }: Pick<Params, 'coupling'>): Coupling {
  return parseCoupling(coupling) ?? [];
}

/** The form of K-FAC that the parameters name. */
export function kfacFormOf({ kfacDamping, kfacBias }: Pick<Params, 'kfacDamping' | 'kfacBias'>): KfacForm {
  return { damping: kfacDamping, bias: kfacBias };
}
