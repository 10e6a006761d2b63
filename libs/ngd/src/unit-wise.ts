import type { LinalgEngine } from '@natsweep/linalg';
import { inputGram, UnsupportedNetworkError } from '@natsweep/models';
import type { DescentRule, Linearisation, SolveStatistics } from '@natsweep/models';
import { lossGradient, outerUpdate } from './outer-update.ts';
import type { OuterUpdate } from './outer-update.ts';
import { leastFavourable } from './statistics.ts';
import { solveUnits } from './unit-solve.ts';
import type { UnitSystems } from './unit-solve.ts';

/** Bytes that one batch of N × N systems may take: they stay in the processor's cache from one operation to the next. */
const chunkBytes = 2 * 2 ** 20;

/**
 * One Fisher block per unit (Karakida & Osawa 2020, eq. 23). Unit i of layer l has the kernel
 *
 *   Θ_{l,i} = diag(δ_{l,i}) Ã_{l−1} diag(δ_{l,i})/N,   Ã = σ_w² A + σ_b²   (S.131)
 *
 * and moves by J_{l,i}ᵀ (Θ_{l,i} + ρI)⁻¹ g/N. All units of a layer share Ã and are solved as batches of N × N systems.
 * J_lΔθ_l = M_lγ_l g as ρ → 0: α = Σ_{l<L} γ_lM_l + C. Only C = 1.
 *
 * Where M_0 < N, Ã_0 is singular: by the pseudo-inverse the first layer answers with a part of g only, and the gradient is not
 * isotropic. The other layers answer with (Σ_{1<l<L} γ_lM_l + C) g (C.2.2).
 */
export function unitWise(): DescentRule {
  return {
    name: 'unit-wise',
    direction: (engine, at, residual, { damping, measureCondition = false }) =>
      engine.scope(() => {
        if (at.outputs.shape[1] !== 1)
          throw new UnsupportedNetworkError(
            `unit-wise is defined for one output (Karakida & Osawa 2020, section 5); the network has ${at.outputs.shape[1]}`,
          );
        const gradient = lossGradient(engine, at, residual);
        const solved = at.signals.map((_, index) =>
          layerUpdate(engine, at, index + 1, { gradient, damping, measureCondition }),
        );
        return {
          layers: solved.map(({ update }) => update),
          statistics: leastFavourable(solved.map(({ statistics }) => statistics)),
        };
      }),
  };
}

interface SolvedLayer {
  readonly update: OuterUpdate;
  readonly statistics: SolveStatistics;
}

function layerUpdate(
  engine: LinalgEngine,
  at: Linearisation,
  l: number,
  given: Pick<UnitSystems, 'gradient' | 'damping' | 'measureCondition'>,
): SolvedLayer {
  const delta = at.signals[l - 1]!;
  const [samples, units] = delta.shape as readonly [number, number];
  const gram = engine.binary('multiply', 1 / samples, inputGram(engine, at, at, l));
  const perChunk = Math.max(1, Math.floor(chunkBytes / (8 * samples * samples)));
  const chunks = Array.from({ length: Math.ceil(units / perChunk) }, (_, chunk) => {
    const range = [chunk * perChunk, Math.min(units, (chunk + 1) * perChunk)] as const;
    return engine.scope(() => solveUnits(engine, { ...given, gram, delta: engine.slice(delta, [null, range]) }));
  });
  const signals = engine.concat(
    chunks.map((chunk) => chunk.signals),
    1,
  );
  return {
    update: outerUpdate(engine, at, l, signals),
    statistics: leastFavourable(chunks.map(({ statistics }) => statistics)),
  };
}
