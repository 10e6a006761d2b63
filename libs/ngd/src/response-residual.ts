import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { productResponse, type FactorContext } from '@natsweep/models';

/**
 * How well steps g_l of the factors solve Σ_l J_l vec(g_l) = vec(R): ‖Σ_l A_l g_l B_l − R‖_F / ‖R‖_F, over all entries or those of
 * a mask. 0 where R vanishes and nothing moves.
 */
export function responseResidual(
  engine: LinalgEngine,
  contexts: readonly FactorContext[],
  of: { readonly gradients: readonly Tensor[]; readonly residual: Tensor; readonly mask?: Tensor },
): number {
  return engine.scope(() => {
    const missed = engine.binary('subtract', productResponse(engine, contexts, of.gradients), of.residual);
    const counted = of.mask === undefined ? missed : engine.binary('multiply', missed, of.mask);
    const norm = (t: Tensor) => Math.sqrt(engine.read(engine.reduce('sum', engine.unary('square', t)))[0]!);
    const error = norm(counted);
    return error === 0 ? 0 : error / norm(of.residual);
  });
}
