import type { LinalgEngine, Tensor } from '@natsweep/linalg';

export interface NuclearNormCompletion {
  /** β, [n, n], equal to the target on observed entries. */
  readonly completion: Tensor;
  readonly nuclearNorm: number;
  /**
   * A lower bound on the nuclear norm of every completion, ⟨Y, β*⟩/‖Y‖₂ for a Y supported on observed entries: with
   * `nuclearNorm` it proves how close to the least one this completion is.
   */
  readonly lowerBound: number;
}

/**
 * The completion of least nuclear norm, min ‖β‖_* subject to β = β* on observed entries (Candès & Recht 2009), by the
 * alternating direction method of multipliers on ‖A‖_* + [B meets the observations], A = B: singular values are shrunk by
 * τ = `threshold`, observed entries are put back, the difference accumulates in the multiplier.
 *
 * @param options.tolerance relative gap between norm and bound at which to stop. Default 1e-4.
 */
export function nuclearNormCompletion(
  engine: LinalgEngine,
  given: { readonly target: Tensor; readonly observed: Tensor },
  options: { readonly tolerance?: number; readonly maxIterations?: number } = {},
): NuclearNormCompletion {
  const { tolerance = 1e-4, maxIterations = 2000 } = options;
  return engine.scope(() => {
    const known = engine.binary('multiply', given.target, given.observed);
    const threshold = 0.1 * engine.read(engine.svd(known).s)[0]!;
    let completion = known;
    let multiplier = engine.full(known.shape, 0);
    for (let iteration = 1; ; iteration++) {
      const state = engine.scope(() => {
        const { u, s, vt } = engine.svd(engine.binary('subtract', completion, multiplier));
        const shrunk = engine.binary('maximum', engine.binary('subtract', s, threshold), 0);
        const low = engine.matmul(engine.binary('multiply', u, shrunk), vt);
        const shifted = engine.binary('add', low, multiplier);
        const next = engine.where(given.observed, known, shifted);
        return { next, multiplier: engine.binary('subtract', shifted, next) };
      });
      engine.free(multiplier);
      if (completion !== known) engine.free(completion);
      completion = state.next;
      multiplier = state.multiplier;
      if (iteration % 20 !== 0 && iteration < maxIterations) continue;
      const { nuclearNorm, lowerBound } = certify(engine, { completion, multiplier, known });
      if (nuclearNorm - lowerBound <= tolerance * nuclearNorm || iteration >= maxIterations)
        return { completion, nuclearNorm, lowerBound };
    }
  });
}

/** −multiplier / ‖multiplier‖₂ is a feasible point of the dual, max ⟨Y, β*⟩ over Y on observed entries with ‖Y‖₂ ≤ 1. */
function certify(
  engine: LinalgEngine,
  state: { readonly completion: Tensor; readonly multiplier: Tensor; readonly known: Tensor },
): { readonly nuclearNorm: number; readonly lowerBound: number } {
  return engine.scope(() => {
    const spectral = engine.read(engine.svd(state.multiplier).s)[0]!;
    const product = engine.read(engine.reduce('sum', engine.binary('multiply', state.multiplier, state.known)))[0]!;
    const nuclearNorm = engine.read(engine.reduce('sum', engine.svd(state.completion).s))[0]!;
    return { nuclearNorm, lowerBound: spectral > 0 ? -product / spectral : 0 };
  });
}
