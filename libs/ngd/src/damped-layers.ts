import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { largestEigenvalue, machineEpsilon } from '@natsweep/models';
import type { Coupling, SolveStatistics } from '@natsweep/models';
import { eliminateBlocks } from './block-elimination.ts';
import { conjugateGradients } from './conjugate-gradients.ts';

export interface DampedLayers {
  readonly coupling: Coupling;
  /** Θ_l [n, n] per layer. */
  readonly kernels: readonly Tensor[];
  /** g/N [n, 1] */
  readonly gradient: Tensor;
  /** ρ > 0 */
  readonly damping: number;
  /** Measure condition number and distance to a pole too. */
  readonly measureCondition: boolean;
}

/** Conjugate gradients solve A where D^{−1/2}ΣD^{−1/2} has no smaller eigenvalue: 16 digits take at most 180 iterations. */
const smallestForIteration = 0.01;
/** Lanczos vectors at least, for condition number and distance to a pole; n where that is more. */
const lanczosSteps = 64;

/**
 * v_l [n, 1] with ((Σ ⊗ I) blockdiag(Θ_l) + ρI) v = 1_L ⊗ g/N, for any symmetric Σ and ρ > 0.
 *
 * With Θ_l = U_lΛ_lU_lᵀ, y = Λ^{1/2}Uᵀv solves Ty = Λ^{1/2}Uᵀ(1_L ⊗ g/N), T = Λ^{1/2}Uᵀ(Σ ⊗ I)UΛ^{1/2} + ρI: symmetric, and scaled as
 * badly as the kernels. With D_l = Σ_j|Σ_lj|, F = (DΛ + ρI)^{1/2}, E = Λ^{1/2}F⁻¹ and z = Fy this is
 *
 *   A z = EUᵀ(1_L ⊗ g/N),   A = F⁻¹TF⁻¹ = EUᵀ(Σ ⊗ I)UE + ρF⁻²,   ‖A‖ ≤ 1,   v = UΛ^{−1/2}F⁻¹z,
 *
 * as well conditioned as Σ and the poles of ρ allow, whatever the kernels. Directions in which Θ_l has an eigenvalue at or below
 * n ε times the largest are dropped.
 *
 * A banded Σ, as the block-tridiagonal one, is eliminated block by block, in O(Ln²) memory. Any other positive definite Σ
 * takes conjugate gradients, in O(Ln²) memory too: A is no worse conditioned than D^{−1/2}ΣD^{−1/2}. What is left, dense Σ that are
 * indefinite or nearly singular, takes the dense system of (Ln)² numbers.
 */
export function solveDampedLayers(
  engine: LinalgEngine,
  layers: DampedLayers,
): { readonly duals: readonly Tensor[]; readonly statistics: SolveStatistics } {
  const { coupling, gradient, kernels, measureCondition } = layers;
  const system = whiten(engine, layers);
  const { solve, method } = isIterable(engine, coupling)
    ? { solve: byConjugateGradients(engine, system), method: 'conjugate-gradients' as const }
    : { solve: byElimination(engine, coupling, system), method: 'qr' as const };
  const z = solve(engine.binary('multiply', system.shares, system.rotate(gradient)));
  const duals = system.rotateBack(engine.binary('multiply', system.inverseScales, z));
  return {
    duals: kernels.map((_, l) => engine.reshape(engine.slice(duals, [[l, l + 1]]), gradient.shape)),
    statistics: {
      method,
      dropped: system.dropped,
      cutoff: system.cutoff,
      ...(measureCondition ? spectrum(engine, system, solve) : {}),
    },
  };
}

/** Vectors are [L, n], one row per layer. */
interface WhitenedSystem {
  /** Σ [L, L] */
  readonly coupling: Tensor;
  /** The diagonals of E, of ρF⁻², of F, and of Λ^{−1/2}F⁻¹, which is 0 where a direction was dropped. */
  readonly shares: Tensor;
  readonly shifts: Tensor;
  readonly scales: Tensor;
  readonly inverseScales: Tensor;
  /** U_lᵀ on every row, or on one vector [n, 1] for all of them. */
  readonly rotate: (x: Tensor) => Tensor;
  /** U_l on every row. */
  readonly rotateBack: (x: Tensor) => Tensor;
  /** U_l [n, n] */
  readonly vectors: (l: number) => Tensor;
  readonly dropped: number;
  readonly cutoff: number;
}

function whiten(engine: LinalgEngine, { coupling, kernels, damping }: DampedLayers): WhitenedSystem {
  const [depth, n] = [kernels.length, kernels[0]!.shape[0]!];
  const decompositions = kernels.map((kernel) => engine.eigh(kernel));
  const spectra = decompositions.map(({ values }) => engine.read(values));
  const cutoffs = spectra.map((values) => n * machineEpsilon(engine) * (values.at(-1) ?? 0));
  const kept = spectra.map((values, l) => values.map((value) => (value > cutoffs[l]! ? value : 0)));
  const weights = coupling.map((row) => row.reduce((sum, entry) => sum + Math.abs(entry), 0));
  const perDirection = (entry: (value: number, scale: number) => number): Tensor =>
    engine.tensor(
      kept.flatMap((values, l) =>
        Array.from(values, (value) => entry(value, Math.sqrt(weights[l]! * value + damping))),
      ),
      [depth, n],
    );
  const vectors = engine.concat(
    decompositions.map((of) => engine.reshape(of.vectors, [1, n, n])),
    0,
  );
  const rows = (x: Tensor): Tensor => engine.reshape(x, [depth, n]);
  return {
    coupling: engine.tensor(coupling.flat(), [depth, depth]),
    shares: perDirection((value, scale) => Math.sqrt(value) / scale),
    shifts: perDirection((_, scale) => damping / scale ** 2),
    scales: perDirection((_, scale) => scale),
    inverseScales: perDirection((value, scale) => (value > 0 ? 1 / (Math.sqrt(value) * scale) : 0)),
    rotate: (x) => rows(engine.matmul(vectors, engine.reshape(x, [-1, n, 1]), { transposeA: true })),
    rotateBack: (x) => rows(engine.matmul(vectors, engine.reshape(x, [depth, n, 1]))),
    vectors: (l) => decompositions[l]!.vectors,
    dropped: kept.reduce((sum, values) => sum + values.filter((value) => value === 0).length, 0),
    cutoff: Math.max(...cutoffs),
  };
}

/** z ↦ Az */
function multiply(engine: LinalgEngine, system: WhitenedSystem, z: Tensor): Tensor {
  return engine.scope(() => {
    const mixed = engine.matmul(system.coupling, system.rotateBack(engine.binary('multiply', system.shares, z)));
    const coupled = engine.binary('multiply', system.shares, system.rotate(mixed));
    return engine.binary('add', coupled, engine.binary('multiply', system.shifts, z));
  });
}

/** Largest |i − j| with Σ_ij ≠ 0. */
const bandwidthOf = (coupling: Coupling): number =>
  Math.max(...coupling.flatMap((row, i) => row.map((entry, j) => (entry === 0 ? 0 : Math.abs(i - j)))));

function isIterable(engine: LinalgEngine, coupling: Coupling): boolean {
  if (bandwidthOf(coupling) < 2) return false;
  const roots = coupling.map((row) => Math.sqrt(row.reduce((sum, entry) => sum + Math.abs(entry), 0)));
  if (roots.includes(0)) return false;
  const scaled = coupling.flatMap((row, i) => row.map((entry, j) => entry / (roots[i]! * roots[j]!)));
  const { values } = engine.eigh(engine.tensor(scaled, [coupling.length, coupling.length]));
  return engine.read(values)[0]! >= smallestForIteration;
}

function byConjugateGradients(engine: LinalgEngine, system: WhitenedSystem): (rhs: Tensor) => Tensor {
  return (rightHandSide) =>
    conjugateGradients(engine, {
      multiply: (z) => multiply(engine, system, z),
      rightHandSide,
      tolerance: 4 * machineEpsilon(engine),
      maxIterations: 400,
    }).solution;
}

function byElimination(engine: LinalgEngine, coupling: Coupling, system: WhitenedSystem): (rhs: Tensor) => Tensor {
  const [depth, size] = system.shares.shape as readonly [number, number];
  const row = (x: Tensor, l: number): Tensor => engine.reshape(engine.slice(x, [[l, l + 1]]), [size]);
  const loaded = (l: number): Tensor => engine.binary('multiply', system.vectors(l), row(system.shares, l));
  const block = (i: number, j: number): Tensor => {
    if (i !== j) return engine.matmul(loaded(i), loaded(j), { transposeA: true, scale: coupling[i]![j]! });
    const own = engine.binary('multiply', coupling[i]![i]!, engine.unary('square', row(system.shares, i)));
    return engine.diag(engine.binary('add', own, row(system.shifts, i)));
  };
  const solve = eliminateBlocks(engine, { depth, bandwidth: bandwidthOf(coupling), size, block });
  return (rhs) => engine.reshape(solve(engine.reshape(rhs, [-1, 1])), rhs.shape);
}

/** Distance to a pole min |λ(T)| and condition number of T, over what was kept. */
function spectrum(engine: LinalgEngine, system: WhitenedSystem, solve: (rhs: Tensor) => Tensor) {
  const { scales, shares } = system;
  const [depth, n] = shares.shape as readonly [number, number];
  const keep = engine.where(shares, 1, 0);
  const largest = (apply: (x: Tensor) => Tensor): number =>
    largestEigenvalue(
      engine,
      (x) => engine.scope(() => engine.read(engine.binary('multiply', keep, apply(engine.tensor(x, [depth, n]))))),
      { size: depth * n, maximumSteps: Math.max(n, lanczosSteps) },
    );
  const norm = largest((x) =>
    engine.binary('multiply', scales, multiply(engine, system, engine.binary('multiply', scales, x))),
  );
  const inverseNorm = largest((x) => engine.binary('divide', solve(engine.binary('divide', x, scales)), scales));
  return { poleDistance: 1 / inverseNorm, condition: norm * inverseNorm };
}
