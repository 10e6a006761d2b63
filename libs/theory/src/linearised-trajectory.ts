import type { LinalgEngine, Tensor } from '@natsweep/linalg';

export interface Trajectory {
  /** f_t − y on the training samples, per step t = 0 … steps. */
  readonly residualsTrain: readonly Float64Array[];
  /** f_t on other samples; empty where none were given. */
  readonly outputsTest: readonly Float64Array[];
}

export interface TrajectoryOptions {
  readonly learningRate: number;
  readonly steps: number;
  /** Θ̄(x′, x) [N′C, NC] and f_0(x′) [N′C], to follow other samples as well. */
  readonly test?: { readonly coefficient: Tensor; readonly outputs0: Float64Array };
}

/**
 * Discrete dynamics of the linearised model, exact in every step:
 * g_t = (I − ηΘ̄)^t g_0 and f_t(x′) = f_0(x′) − η Θ̄(x′, x) Σ_{s<t} g_s (Karakida & Osawa 2020, eq. 10). Where g has C times as many
 * entries as Θ̄ has columns, Θ̄ stands for Θ̄ ⊗ I_C, as kernels of infinite width do.
 */
export function linearisedTrajectory(
  engine: LinalgEngine,
  coefficient: Tensor,
  residual0: Float64Array,
  { learningRate, steps, test }: TrajectoryOptions,
): Trajectory {
  const size = coefficient.shape[1]!;
  const apply = (matrix: Tensor, residual: Float64Array): Float64Array =>
    engine.scope(() => engine.read(engine.matmul(matrix, engine.tensor(residual, [size, residual.length / size]))));
  const residualsTrain = [residual0];
  const outputsTest = test === undefined ? [] : [test.outputs0];
  for (let t = 0; t < steps; t++) {
    const residual = residualsTrain[t]!;
    const change = apply(coefficient, residual);
    residualsTrain.push(residual.map((value, i) => value - learningRate * change[i]!));
    if (test !== undefined) {
      const moved = apply(test.coefficient, residual);
      outputsTest.push(outputsTest[t]!.map((value, i) => value - learningRate * moved[i]!));
    }
  }
  return { residualsTrain, outputsTest };
}

export interface IsotropicPace {
  readonly alpha: number;
  readonly learningRate: number;
  readonly steps: number;
  /** `steps`: (1 − ηα)^t; `flow`: e^{−ηαt}. Default `steps`. */
  readonly dynamics?: 'steps' | 'flow';
}

/** g_t = (1 − ηα)^t g_0 under the isotropic condition Θ̄ = αI, or its flow. */
export function isotropicResiduals(residual0: Float64Array, pace: IsotropicPace): Float64Array[] {
  return Array.from({ length: pace.steps + 1 }, (_, t) => residual0.map((value) => remaining(pace, t) * value));
}

function remaining({ alpha, learningRate, dynamics }: IsotropicPace, t: number): number {
  return dynamics === 'flow' ? Math.exp(-learningRate * alpha * t) : (1 - learningRate * alpha) ** t;
}

/**
 * f_t(x′) = f_0(x′) − (1 − (1 − ηα)^t)/α J(x′)Δθ_0 under the isotropic condition (Karakida & Osawa 2020, eq. 10, 22), where Δθ_0
 * is the first step before the learning rate.
 */
export function isotropicOutputs(outputs0: Float64Array, response: Float64Array, pace: IsotropicPace): Float64Array[] {
  return Array.from({ length: pace.steps + 1 }, (_, t) => {
    const share = (1 - remaining(pace, t)) / pace.alpha;
    return outputs0.map((value, i) => value - share * response[i]!);
  });
}
