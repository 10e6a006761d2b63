import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/**
 * Natural gradient flow under logistic loss at time t in margins u = y ⊙ s, with no step size: every datum follows
 * du/dt = 1 + e^{−u} by itself (Kerekes et al. 2021, eq. 73), hence u(t) = log((1 + e^{u₀}) e^t − 1), here as
 * log(e^{u₀+t} + (e^t − 1)). Asymptotically u = t + log(1 + e^{u₀}): Theorems 3 and 4.
 *
 * It holds for any model whose logits have a Jacobian of rank N along the path.
 */
export function naturalFlowMargins(margins0: ArrayLike<number>, flowTime: number): Float64Array {
  const logGrowth = flowTime > 700 ? flowTime : Math.log(Math.expm1(flowTime));
  return Float64Array.from(margins0, (margin0) => logAddExp(margin0 + flowTime, logGrowth));
}

function logAddExp(a: number, b: number): number {
  const largest = Math.max(a, b);
  return largest === -Infinity ? largest : largest + Math.log1p(Math.exp(Math.min(a, b) - largest));
}

/**
 * β(t) of the flow that moves by F⁺ in a linear model with N ≤ D independent rows: β(t) = β₀ + X̃⁺(u(t) − u₀). As t → ∞ it
 * tends in direction to X̃⁺1 = X⁺y, the least-norm interpolant of the labels, whatever β₀.
 *
 * @param signedInputs X̃, [N, D], rows y_n x_n @param separator0 β₀, [D]
 */
export function naturalFlowSeparator(
  engine: LinalgEngine,
  signedInputs: Tensor,
  from: { readonly separator0: Tensor; readonly flowTime: number },
): Tensor {
  const samples = signedInputs.shape[0]!;
  return engine.scope(() => {
    const column = engine.reshape(from.separator0, [-1, 1]);
    const margins0 = engine.read(engine.matmul(signedInputs, column));
    const margins = naturalFlowMargins(margins0, from.flowTime);
    const growth = engine.tensor(
      margins.map((margin, n) => margin - margins0[n]!),
      [samples, 1],
    );
    const { factor, failed } = engine.cholesky(engine.matmul(signedInputs, signedInputs, { transposeB: true }));
    if (failed.length > 0) throw new RangeError('naturalFlowSeparator: the inputs have dependent rows, or N > D');
    const move = engine.matmul(signedInputs, engine.choleskySolve(factor, growth), { transposeA: true });
    return engine.reshape(engine.binary('add', column, move), [-1]);
  });
}
