import { blockTridiagonalCoupling } from '@natsweep/models';
import type { DescentRule } from '@natsweep/models';
import { layerWise } from './layer-wise.ts';

/**
 * Neighbouring layers together: Σ_ij = 1 for |i − j| ≤ 1 (Karakida & Osawa 2020, 4.2). α = s for L = 3s and s + 1 for
 * L = 3s + 1 (Lemma 4.3). At L = 3s + 2 Σ is singular but 1_L lies in its range, so the limit ρ → 0 exists with
 * α = s + 1; at L = 2 it is the exact rule. Σ is indefinite from L = 3 on: damping has poles, see `layerWise`.
 */
export function blockTridiagonal(): DescentRule {
  return {
    name: 'block-tridiagonal',
    direction: (engine, at, residual, options) =>
      layerWise(blockTridiagonalCoupling(at.signals.length), 'block-tridiagonal').direction(
        engine,
        at,
        residual,
        options,
      ),
  };
}
