import type { Architecture } from '@natsweep/models';
import { signalPropagation } from './signal-propagation.ts';
import type { FirstLayer } from './unit-wise-coefficient.ts';

/** The approximations of the Fisher matrix under which the gradient is isotropic in function space. */
export type IsotropicApproximation = 'exact' | 'block-diagonal' | 'block-tridiagonal' | 'kfac' | 'unit-wise';

/**
 * α of the isotropic condition Θ̄ = αI at damping 0 (Karakida & Osawa 2020, eq. 12), for N training samples:
 *
 * - exact 1; block-diagonal L; block-tridiagonal 1ᵀΣ⁺1 (Lemma 4.3, and s + 1 at L = 3s + 2 by the pseudo-inverse);
 * - kfac NL for M_0 ≥ N (S.107), N(L − 1) + M_0 for M_0 < N after the Forster transformation (S.111);
 * - unit-wise Σ_{l<L} γ_lM_l + C (S.128 with the output units, which the paper drops), without l = 1 where that is fixed (C.2.2).
 */
export function isotropyConstant(
  approximation: IsotropicApproximation,
  architecture: Architecture,
  {
    samples,
    inputNorm = 1,
    firstLayer = 'trained',
  }: { readonly samples: number; readonly inputNorm?: number; readonly firstLayer?: FirstLayer },
): number {
  const { widths } = architecture;
  const depth = widths.length - 1;
  switch (approximation) {
    case 'exact':
      return 1;
    case 'block-diagonal':
      return depth;
    case 'block-tridiagonal':
      return blockTridiagonalAlpha(depth);
    case 'kfac':
      return samples * (depth - 1) + Math.min(samples, widths[0]!);
    case 'unit-wise': {
      const { activeFractions } = signalPropagation(architecture, inputNorm);
      const moved = activeFractions.map((gamma, index) => (index === 0 && firstLayer === 'fixed' ? 0 : gamma));
      return moved.reduce((sum, gamma, index) => sum + gamma * widths[index + 1]!, widths[depth]!);
    }
  }
}

/** 1ᵀΣ⁺1 of the tridiagonal Σ of ones: s for L = 3s, s + 1 for L = 3s + 1 (Lemma 4.3) and for L = 3s + 2. */
export function blockTridiagonalAlpha(depth: number): number {
  return Math.ceil(depth / 3);
}
