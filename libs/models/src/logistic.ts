import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/*
 * Logistic loss as functions of margins u_n = y_n s_n, with s the logits and y in {−1, 1}. All are elementwise on tensors of
 * any shape, and finite for |u| far beyond 10^3: small quantities are kept as logarithms. φ(u) = 1/(1 + e^{−u}).
 */

/** log(1 + e^x), without overflow. */
function softplus(engine: LinalgEngine, x: Tensor): Tensor {
  const decay = engine.unary('log1p', engine.unary('exp', engine.unary('negative', engine.unary('abs', x))));
  return engine.binary('add', engine.binary('maximum', x, 0), decay);
}

/** log φ(−u) = −log(1 + e^u): how much the gradient ∂/∂u log(1 + e^{−u}) = −φ(−u) still weighs a datum. */
export function logResidualWeight(engine: LinalgEngine, margins: Tensor): Tensor {
  return engine.unary('negative', softplus(engine, margins));
}

/** log φ(u) φ(−u) = −|u| − 2 log(1 + e^{−|u|}): the Fisher information of a logit (Kerekes et al. 2021, eq. 10). */
export function logFisherWeight(engine: LinalgEngine, margins: Tensor): Tensor {
  const magnitude = engine.unary('abs', margins);
  const decay = engine.unary('log1p', engine.unary('exp', engine.unary('negative', magnitude)));
  return engine.binary('subtract', engine.binary('multiply', decay, -2), magnitude);
}

/**
 * log ℓ(u) with ℓ(u) = log(1 + e^{−u}). For large u it is −u − e^{−u}/2 + …, which keeps its value where ℓ itself underflows.
 */
export function logLogisticLoss(engine: LinalgEngine, margins: Tensor): Tensor {
  const far = 30;
  const bounded = engine.binary('minimum', margins, far);
  const near = engine.unary('log', softplus(engine, engine.unary('negative', bounded)));
  return engine.where(engine.binary('greater', margins, far), engine.unary('negative', margins), near);
}

/**
 * 1 + e^{−u}, the natural gradient step of a margin: F(s)⁻¹∇L = −y ⊙ (1 + e^{−u}) (eq. 63 with eqs. 9 and 10). No weight is
 * formed, so nothing cancels or underflows as u → ∞, where it tends to 1. A badly wrong datum would ask for an
 * astronomic step: −u is clipped at `clip`.
 */
export function naturalMarginStep(engine: LinalgEngine, margins: Tensor, clip: number): Tensor {
  const exponent = engine.binary('minimum', engine.unary('negative', margins), clip);
  return engine.binary('add', engine.unary('exp', exponent), 1);
}
