import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { solvePositive } from '@natsweep/models';
import type { Linearisation } from '@natsweep/models';
import type { Samples } from './coefficient-matrix.ts';

/** One kernel over the training samples. */
export interface KernelPair {
  /** Between training samples [n, n]. */
  readonly train: Tensor;
  /** From rows x′ to training samples [n′, n]. */
  readonly cross: Tensor;
}

/** The kernel of a network, computed once where x′ are the training samples themselves. */
export function kernelPair(
  { rows, columns }: Samples,
  kernel: (rows: Linearisation, columns: Linearisation) => Tensor,
): KernelPair {
  const train = kernel(columns, columns);
  return { train, cross: rows === columns ? train : kernel(rows, columns) };
}

/**
 * K(x′, x)(K + ρI)⁻¹ [n′, n] as `solvePositive` solves it: by Cholesky, and where K + ρI is singular to rounding by
 * eigendecomposition without its null directions, which K(x′, x) does not see; at ρ = 0 that is the pseudo-inverse.
 */
export function whitened(engine: LinalgEngine, { train, cross }: KernelPair, damping: number): Tensor {
  return engine.scope(() =>
    engine.transpose(solvePositive(engine, train, engine.transpose(cross), { damping }).solution),
  );
}
