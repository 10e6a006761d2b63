import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Trajectory } from './linearised-trajectory.ts';

export interface FlowOptions {
  readonly learningRate: number;
  /** Flow times t at which to evaluate; t steps of rate η are the flow's discrete counterpart. */
  readonly times: readonly number[];
  /** Θ̄(x′, x) [N′C, NC] and f_0(x′) [N′C], to follow other samples as well. */
  readonly test?: { readonly coefficient: Tensor; readonly outputs0: Float64Array };
}

/**
 * The linearised model in continuous time, ġ = −ηΘ̄g for symmetric Θ̄ (the limit of Karakida & Osawa 2020, eq. 10, for small η):
 *
 *   g_t = e^{−ηΘ̄t} g_0,   f_t(x′) = f_0(x′) − Θ̄(x′, x) ηt φ₁(−ηΘ̄t) g_0,   φ₁(z) = (e^z − 1)/z, φ₁(0) = 1,
 *
 * by one eigendecomposition; null and negative eigenvalues of Θ̄ need no care in this form. Where g has C times as many entries as
 * Θ̄ has columns, Θ̄ stands for Θ̄ ⊗ I_C.
 */
export function flowTrajectory(
  engine: LinalgEngine,
  coefficient: Tensor,
  residual0: Float64Array,
  { learningRate, times, test }: FlowOptions,
): Trajectory {
  return engine.scope(() => {
    const size = coefficient.shape[1]!;
    const classes = residual0.length / size;
    const { values, vectors } = engine.eigh(coefficient);
    const eigenvalues = engine.read(values);
    const modes = engine.read(engine.matmul(vectors, engine.tensor(residual0, [size, classes]), { transposeA: true }));
    const assembled = (basis: Tensor, factor: (exponent: number) => number, time: number): Float64Array => {
      const scaled = modes.map(
        (mode, i) => mode * factor(-learningRate * eigenvalues[Math.floor(i / classes)]! * time),
      );
      return engine.read(engine.matmul(basis, engine.tensor(scaled, [size, classes])));
    };
    const crossModes = test === undefined ? undefined : engine.matmul(test.coefficient, vectors);
    return {
      residualsTrain: times.map((time) => assembled(vectors, Math.exp, time)),
      outputsTest: times.flatMap((time) => {
        if (test === undefined || crossModes === undefined) return [];
        const moved = assembled(crossModes, phi1, time);
        return [test.outputs0.map((value, i) => value - learningRate * time * moved[i]!)];
      }),
    };
  });
}

function phi1(z: number): number {
  return z === 0 ? 1 : Math.expm1(z) / z;
}
