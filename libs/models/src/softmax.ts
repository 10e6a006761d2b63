import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Linearisation } from './linearisation.ts';

/** σ(f) [N, C], rows summing to 1; shifted by the row maximum against overflow. */
export function softmax(engine: LinalgEngine, logits: Tensor): Tensor {
  return engine.scope(() => {
    const shifted = engine.binary('subtract', logits, engine.reduce('max', logits, { axis: 1, keepDims: true }));
    const exponentials = engine.unary('exp', shifted);
    return engine.binary('divide', exponentials, engine.reduce('sum', exponentials, { axis: 1, keepDims: true }));
  });
}

/** −1/N Σ_n Σ_k y_k log σ_k(f), by log-sum-exp. */
export function crossEntropy(engine: LinalgEngine, logits: Tensor, targets: Tensor): number {
  return engine.scope(() => {
    const shifted = engine.binary('subtract', logits, engine.reduce('max', logits, { axis: 1, keepDims: true }));
    const normaliser = engine.unary(
      'log',
      engine.reduce('sum', engine.unary('exp', shifted), { axis: 1, keepDims: true }),
    );
    const logLikelihood = engine.binary('multiply', targets, engine.binary('subtract', shifted, normaliser));
    return -engine.read(engine.reduce('sum', logLikelihood))[0]! / logits.shape[0]!;
  });
}

export interface Whitened {
  /** The linearisation with Λ̃^{1/2} J for J. */
  readonly at: Linearisation;
  /** Λ̃^{−1/2} (σ − y) [N, C] */
  readonly residual: Tensor;
}

/**
 * Turns the Fisher metric of the cross-entropy loss into that of the squared loss. With Λ̃ = blockdiag(diag σ_n − σ_nσ_nᵀ) + ρ̃I,
 * J′ = Λ̃^{1/2}J and g′ = Λ̃^{−1/2}(σ − y),
 *
 *   G = JᵀΛ̃J/N + ρI = J′ᵀJ′/N + ρI,   ∇L = Jᵀ(σ − y)/N = J′ᵀg′/N,
 *
 * and likewise layer by layer, so every rule for the squared loss applied to (J′, g′) is the rule for the cross-entropy with
 * double damping (Karakida & Osawa 2020, S.159, S.164). ρ̃ > 0: Λ itself is singular, Λ_n1 = 0.
 */
export function whitenOutputs(
  engine: LinalgEngine,
  at: Linearisation,
  targets: Tensor,
  outputDamping: number,
): Whitened {
  if (!(outputDamping > 0))
    throw new RangeError(`whitenOutputs: outputDamping must be positive; it is ${outputDamping}`);
  return engine.scope(() => {
    const [samples, classes] = at.outputs.shape as readonly [number, number];
    const probabilities = softmax(engine, at.outputs);
    const [column, row] = [
      engine.reshape(probabilities, [samples, classes, 1]),
      engine.reshape(probabilities, [samples, 1, classes]),
    ];
    const own = engine.binary(
      'add',
      engine.diag(probabilities),
      engine.binary('multiply', outputDamping, engine.eye(classes)),
    );
    const { values, vectors } = engine.eigh(engine.binary('subtract', own, engine.binary('multiply', column, row)));
    const roots = engine.reshape(engine.unary('sqrt', values), [samples, 1, classes]);
    const root = engine.matmul(engine.binary('multiply', vectors, roots), vectors, { transposeB: true });
    const inverseRoot = engine.matmul(engine.binary('divide', vectors, roots), vectors, { transposeB: true });
    const mixed = (rows: Tensor): Tensor =>
      engine.reshape(engine.matmul(root, engine.reshape(rows, [samples, classes, -1])), rows.shape);
    const error = engine.reshape(engine.binary('subtract', probabilities, targets), [samples, classes, 1]);
    return {
      at: { ...at, signals: at.signals.map(mixed) },
      residual: engine.reshape(engine.matmul(inverseRoot, error), [samples, classes]),
    };
  });
}
