import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { machineEpsilon, smallestPivotRatio } from '@natsweep/models';
import type { SolveStatistics } from '@natsweep/models';

export interface UnitSystems {
  /** Ã/N [N, N], shared by all units. */
  readonly gram: Tensor;
  /** δ of m units [N, m]. */
  readonly delta: Tensor;
  /** g/N [N, 1] */
  readonly gradient: Tensor;
  readonly damping: number;
  readonly measureCondition: boolean;
}

/**
 * The columns δ_i ⊙ v_i [N, m] with v_i = (diag(δ_i) Ã diag(δ_i)/N + ρI)⁻¹ g/N, for m units at once.
 *
 * At ρ = 0 only the samples a with δ ≠ 0 count (S.133-S.135) and δ ⊙ v = (Ã_aa/N)⁻¹ (g_a/δ_a)/N: the other samples
 * are given rows of their own with the largest diagonal entry of Ã/N, so that every unit is a system of the same size and scale. Where a Cholesky factorisation fails, the
 * whole batch is solved by eigendecomposition without directions at or below N ε times the largest eigenvalue. The condition
 * number is the largest over the units; at ρ = 0 it is that of diag(δ_i) Ã diag(δ_i)/N, which also tells how small δ is.
 */
export function solveUnits(
  engine: LinalgEngine,
  systems: UnitSystems,
): { signals: Tensor; statistics: SolveStatistics } {
  const { gram, damping, measureCondition } = systems;
  const samples = gram.shape[0]!;
  const delta = engine.transpose(systems.delta);
  const gradient = engine.reshape(systems.gradient, [1, samples]);
  const { matrices, rhs } =
    damping > 0
      ? { matrices: scaledGram(engine, gram, delta), rhs: engine.reshape(gradient, [samples, 1]) }
      : activeSystems(engine, gram, { delta, gradient });
  const { factor, failed } = engine.cholesky(matrices, { shift: damping });
  const relativeCutoff = samples * machineEpsilon(engine);
  if (failed.length > 0 || smallestPivotRatio(engine, factor) ** 2 <= relativeCutoff)
    return byEigendecomposition(engine, { gram, delta, gradient, damping }, relativeCutoff);
  const condition = measureCondition ? spectrum(engine, { gram, delta, damping }, relativeCutoff).condition : undefined;
  const solution = engine.reshape(engine.choleskySolve(factor, rhs), delta.shape);
  const signals = damping > 0 ? engine.binary('multiply', delta, solution) : solution;
  return {
    signals: engine.transpose(signals),
    statistics: { method: 'cholesky', dropped: 0, cutoff: 0, ...(condition === undefined ? {} : { condition }) },
  };
}

/** The systems for ρ = 0, with their right-hand sides [m, N, 1]. */
function activeSystems(
  engine: LinalgEngine,
  gram: Tensor,
  { delta, gradient }: { readonly delta: Tensor; readonly gradient: Tensor },
): { matrices: Tensor; rhs: Tensor } {
  const active = engine.binary('subtract', 1, engine.binary('equal', delta, 0));
  const matrices = scaledGram(engine, gram, active);
  const scale = engine.reduce('max', engine.diagonal(gram));
  engine.accumulate(matrices, engine.diag(engine.binary('multiply', scale, engine.binary('subtract', 1, active))));
  const rhs = engine.where(active, engine.binary('divide', gradient, delta), 0);
  return { matrices, rhs: engine.reshape(rhs, [...delta.shape, 1]) };
}

/** diag(s_i) gram diag(s_i) [m, N, N] for rows s_i of scale. */
function scaledGram(engine: LinalgEngine, gram: Tensor, scale: Tensor): Tensor {
  const n = gram.shape[0]!;
  const outer = engine.matmul(engine.reshape(scale, [-1, n, 1]), engine.reshape(scale, [-1, 1, n]));
  return engine.binary('multiply', outer, gram);
}

interface Spectrum {
  /** λ + ρ [m, N], ascending. */
  readonly values: Tensor;
  /** [m, N, N] */
  readonly vectors: Tensor;
  /** [m, 1] */
  readonly cutoffs: Tensor;
  /** 1 where the value is above its cutoff [m, N]. */
  readonly kept: Tensor;
  /** Over the kept values of a unit, largest over the units. */
  readonly condition: number;
}

/** Of diag(δ_i) gram diag(δ_i) + ρI for delta [m, N]. */
function spectrum(
  engine: LinalgEngine,
  { gram, delta, damping }: { readonly gram: Tensor; readonly delta: Tensor; readonly damping: number },
  relativeCutoff: number,
): Spectrum {
  const { values: undamped, vectors } = engine.eigh(scaledGram(engine, gram, delta));
  const values = engine.binary('add', undamped, damping);
  const largest = engine.reduce('max', values, { axis: -1, keepDims: true });
  const cutoffs = engine.binary('multiply', relativeCutoff, largest);
  const kept = engine.binary('greater', values, cutoffs);
  const smallest = engine.reduce('min', engine.where(kept, values, Infinity), { axis: -1, keepDims: true });
  const condition = engine.read(engine.reduce('max', engine.binary('divide', largest, smallest)))[0]!;
  return { values, vectors, cutoffs, kept, condition };
}

/** As `solveUnits`, with delta [m, N] and gradient [1, N]. */
function byEigendecomposition(
  engine: LinalgEngine,
  { gram, delta, gradient, damping }: Omit<UnitSystems, 'measureCondition'>,
  relativeCutoff: number,
) {
  const n = gram.shape[0]!;
  const { values, vectors, cutoffs, kept, condition } = spectrum(engine, { gram, delta, damping }, relativeCutoff);
  const inverse = engine.where(kept, engine.unary('reciprocal', values), 0);
  const projected = engine.matmul(vectors, engine.reshape(gradient, [n, 1]), { transposeA: true });
  const v = engine.matmul(vectors, engine.binary('multiply', engine.reshape(inverse, [-1, n, 1]), projected));
  const keptCount = engine.read(engine.reduce('sum', kept))[0]!;
  const statistics: SolveStatistics = {
    method: 'eigendecomposition',
    dropped: delta.shape[0]! * n - keptCount,
    cutoff: engine.read(engine.reduce('max', cutoffs))[0]!,
    condition,
  };
  return { signals: engine.transpose(engine.binary('multiply', delta, engine.reshape(v, delta.shape))), statistics };
}
