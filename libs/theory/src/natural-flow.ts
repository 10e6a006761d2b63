import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { empiricalNtk, solvePositive } from '@natsweep/models';
import type { Linearisation } from '@natsweep/models';

/*
 * Natural gradient flow of Rudner et al. 2019 for a Gaussian likelihood of variance σ² and rate η, in the dimensionless
 * time τ = ησ²t that its solutions depend on: F̃ = JᵀJ/(nσ²), L = ‖f − Y‖²/(2n), θ̇ = −ηF̃⁺∇L = −ησ² J⁺(f − Y).
 */

/** K = J(x)J(X)ᵀ (J(X)J(X)ᵀ)⁻¹ [N′C, NC], the natural NTK Θ^nat(x, X)/(nσ²) (eq. 14); at x = X the identity (eq. 13). */
export function naturalKernel(engine: LinalgEngine, rows: Linearisation, columns: Linearisation): Tensor {
  return engine.scope(() => {
    const own = empiricalNtk(engine, columns, columns);
    const cross = empiricalNtk(engine, rows, columns);
    const { solution } = solvePositive(engine, own, engine.transpose(cross), { damping: 0 });
    return engine.transpose(solution);
  });
}

/** Propositions 1, 3, 4: f_τ(X) − Y = e^{−τ} (f_0(X) − Y), exact for networks with continuous derivatives. */
export function flowResidual(residual0: Float64Array, tau: number): Float64Array {
  return residual0.map((value) => Math.exp(-tau) * value);
}

/**
 * Propositions 2 and 6 for the linearised network, f_τ(x) = f_0(x) − coefficient (1 − e^{−τ}) K (f_0(X) − Y), given
 * `pull` = K (f_0(X) − Y). The right coefficient is 1; eq. 17 and 87 print σ².
 */
export function flowOutputs(outputs0: Float64Array, pull: Float64Array, tau: number, coefficient = 1): Float64Array {
  return outputs0.map((value, i) => value + coefficient * Math.expm1(-tau) * pull[i]!);
}

/**
 * Proposition 5, corrected: θ_τ = θ_0 − J⁺(1 − e^{−τ})(f_0(X) − Y) for the linearised network. Returns the dual vector v
 * [NC, 1] of θ_τ − θ_0 = −Jᵀv, v = (1 − e^{−τ}) (JJᵀ)⁻¹ (f_0(X) − Y).
 */
export function flowParameterDual(engine: LinalgEngine, at: Linearisation, residual0: Tensor, tau: number): Tensor {
  return engine.scope(() => {
    const { solution } = solvePositive(engine, empiricalNtk(engine, at, at), engine.reshape(residual0, [-1, 1]), {
      damping: 0,
    });
    return engine.binary('multiply', -Math.expm1(-tau) / at.samples, solution);
  });
}
