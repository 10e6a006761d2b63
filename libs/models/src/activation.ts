import type { LinalgEngine, Tensor } from '@natsweep/linalg';

export const activationNames = ['relu', 'shifted-relu', 'tanh', 'erf'] as const;

/**
 * φ of u_l = φ-free pre-activation, applied entry by entry:
 * relu max(u, 0); shifted-relu max(u, −s); tanh; erf(u) = 2/√π ∫₀ᵘ e^{−t²} dt.
 * (Karakida & Osawa 2020, C.3.3 for the shifted ReLU.)
 */
export type Activation =
  | { readonly name: 'relu' | 'tanh' | 'erf' }
  | {
      readonly name: 'shifted-relu';
      /** s ≥ 0. At 0 this is the ReLU. */
      readonly shift: number;
    };

export function activate(engine: LinalgEngine, activation: Activation, u: Tensor): Tensor {
  switch (activation.name) {
    case 'relu':
      return engine.binary('maximum', u, 0);
    case 'shifted-relu':
      return engine.binary('maximum', u, -activation.shift);
    case 'tanh':
    case 'erf':
      return engine.unary(activation.name, u);
  }
}

/** φ′(u). At the kink of the ReLUs it is 0, as in the subgradient that automatic differentiation takes. */
export function activationDerivative(engine: LinalgEngine, activation: Activation, u: Tensor): Tensor {
  switch (activation.name) {
    case 'relu':
      return engine.binary('greater', u, 0);
    case 'shifted-relu':
      return engine.binary('greater', u, -activation.shift);
    case 'tanh':
      return engine.scope(() => engine.binary('subtract', 1, engine.unary('square', engine.unary('tanh', u))));
    case 'erf':
      return engine.scope(() =>
        engine.binary(
          'multiply',
          2 / Math.sqrt(Math.PI),
          engine.unary('exp', engine.unary('negative', engine.unary('square', u))),
        ),
      );
  }
}
