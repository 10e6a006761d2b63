import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Linearisation } from '@natsweep/models';

/** s_i(x_n) = Σ_k δ_{l,i}^{(k)}(x_n)² [N, M_l], of which every entry of a unit's Fisher block is a weighted sum. */
export function squaredSignals(engine: LinalgEngine, at: Linearisation, l: number): Tensor {
  return engine.scope(() => {
    const squares = engine.unary('square', at.signals[l - 1]!);
    if (squares.shape[0] === at.samples) return squares;
    return engine.reduce('sum', engine.reshape(squares, [at.samples, -1, squares.shape[1]!]), { axis: 1 });
  });
}

/** The diagonal of one layer's Fisher matrix, damped. */
export interface FisherDiagonal {
  /** F_jj + ρ of the weights [M_l, M_{l−1}], F_jj = σ_w²/M_{l−1} Σ_n s_i h_j²/N */
  readonly weights: Tensor;
  /** F_00 + ρ of the biases [1, M_l], F_00 = σ_b² Σ_n s_i/N */
  readonly biases: Tensor;
}

/** Both by matrix products that add to ρ, so that no other operation touches an array of the size of the weights. */
export function fisherDiagonal(
  engine: LinalgEngine,
  at: Linearisation,
  l: number,
  { squares, damping }: { readonly squares: Tensor; readonly damping: number },
): FisherDiagonal {
  return engine.scope(() => {
    const { weightGain, biasGain } = at.network.layers[l - 1]!;
    const h = at.activations[l - 1]!;
    const weights = engine.full([squares.shape[1]!, h.shape[1]!], damping);
    const biases = engine.full([1, squares.shape[1]!], damping);
    const ones = engine.full([at.samples, 1], 1);
    const scale = (gain: number) => ({ transposeA: true, scale: gain ** 2 / at.samples });
    engine.matmulAccumulate(weights, squares, engine.unary('square', h), scale(weightGain));
    engine.matmulAccumulate(biases, ones, squares, scale(biasGain));
    return { weights, biases };
  });
}

/** σ_w/√M_{l−1} signalsᵀ h [M_l, M_{l−1}], ∇_{W_l}L where the signals [N, M_l] are those that the loss puts on layer l. */
export function weightSlope(engine: LinalgEngine, at: Linearisation, l: number, signals: Tensor): Tensor {
  const scale = at.network.layers[l - 1]!.weightGain;
  return engine.matmul(signals, at.activations[l - 1]!, { transposeA: true, scale });
}

/** σ_b 1ᵀ signals [1, M_l], likewise ∇_{b_l}L. */
export function biasSlope(engine: LinalgEngine, at: Linearisation, l: number, signals: Tensor): Tensor {
  const scale = at.network.layers[l - 1]!.biasGain;
  return engine.scope(() => engine.matmul(engine.full([1, at.samples], 1), signals, { scale }));
}

/** numerator/denominator, and 0 where the denominator is 0, as it is at ρ = 0 for an entry that no sample moves. */
export function quotient(
  engine: LinalgEngine,
  numerator: Tensor,
  denominator: Tensor,
  { damping }: { readonly damping: number },
): Tensor {
  if (damping > 0) return engine.binary('divide', numerator, denominator);
  return engine.scope(() =>
    engine.where(engine.binary('greater', denominator, 0), engine.binary('divide', numerator, denominator), 0),
  );
}
