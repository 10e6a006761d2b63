import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { solvePositive } from '@natsweep/models';

/** One kernel over the training samples. */
export interface KernelPair {
  /** Between training samples [n, n]. */
  readonly train: Tensor;
  /** From rows x′ to training samples [n′, n]. */
  readonly cross: Tensor;
}

/** K(x′, x)(K + ρI)⁻¹ [n′, n], by LU; at ρ = 0 with the pseudo-inverse. */
export function whitened(engine: LinalgEngine, { train, cross }: KernelPair, damping: number): Tensor {
  return engine.scope(() => {
    const rhs = engine.transpose(cross);
    if (damping === 0) return engine.transpose(solvePositive(engine, train, rhs, { damping }).solution);
    const damped = engine.binary('add', train, engine.binary('multiply', damping, engine.eye(train.shape[0]!)));
    return engine.transpose(engine.solve(damped, rhs));
  });
}
