import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { machineEpsilon } from '@natsweep/models';

export interface WeightedSolution {
  /** d, [D]. */
  readonly solution: Tensor;
  /** Numerical rank of the rows that keep a weight; below D, d is the solution of least norm. */
  readonly rank: number;
}

/** Rows whose √w is below 1e-145 of the largest (margins that differ by 667) take no part: its square would underflow. */
const SMALLEST_LOG_ROOT = Math.log(1e-145);
/**
 * By how much elimination without column pivoting may amplify the rounding of a row. Random dependent columns showed up to 45,
 * independent ones left pivots from 10¹⁰ on.
 */
const GROWTH = 1000;

/**
 * min_d Σ_n w_n (a_nᵀd − r_n)² for weights that spread over hundreds of orders of magnitude, given as logarithms: QR of √W [A r]
 * with the rows sorted by weight, heaviest first. Sorting keeps the error of every row relative to that row's own weight
 * (Powell & Reid 1969; Cox & Higham 1998), which the normal equations of Kerekes et al. 2021, eqs. 24 and 25, lose. The
 * rows of R, graded as the weights, are scaled to unit length before the solve, so their grading costs no rank.
 *
 * Dependent columns, and fewer rows with a weight than columns, are taken out by the singular value decomposition of the
 * unweighted rows, which have the same null space.
 *
 * @param a [N, D] @param logWeights log w, N values, any common shift @param target r, N values
 */
export function weightedLeastSquares(
  engine: LinalgEngine,
  a: Tensor,
  given: { readonly logWeights: Float64Array; readonly target: Float64Array },
): WeightedSolution {
  const columns = a.shape[1]!;
  const heaviest = given.logWeights.reduce((largest, value) => Math.max(largest, value), -Infinity);
  const logRoot = given.logWeights.map((value) => (value - heaviest) / 2);
  const order = Array.from(logRoot.keys())
    .filter((row) => logRoot[row]! > SMALLEST_LOG_ROOT)
    .sort((left, right) => logRoot[right]! - logRoot[left]!);
  const rows = engine.take(a, order);
  const target = engine.tensor(
    order.map((row) => given.target[row]!),
    [order.length, 1],
  );
  const roots = engine.tensor(
    order.map((row) => Math.exp(logRoot[row]!)),
    [order.length, 1],
  );
  const direct = order.length < columns ? undefined : solveTriangle(engine, rows, { target, roots });
  if (direct !== undefined) return { solution: engine.reshape(direct, [columns]), rank: columns };
  return solveInRowSpace(engine, rows, { target, roots });
}

/**
 * d by QR, or undefined where a pivot is lost to rounding: within its own row, or beside what its column holds in the row of that
 * place, the heaviest that is left. The second alone finds a last column that depends on the others, which has no row but its own.
 */
function solveTriangle(
  engine: LinalgEngine,
  rows: Tensor,
  given: { readonly target: Tensor; readonly roots: Tensor },
): Tensor | undefined {
  const columns = rows.shape[1]!;
  const { r } = engine.qr(engine.binary('multiply', engine.concat([rows, given.target], 1), given.roots));
  const triangle = engine.slice(r, [
    [0, columns],
    [0, columns],
  ]);
  const right = engine.slice(r, [
    [0, columns],
    [columns, columns + 1],
  ]);
  const largest = engine.reduce('max', engine.unary('abs', triangle), { axis: 1, keepDims: true });
  const scales = engine.where(largest, largest, 1);
  const scaled = engine.binary('divide', triangle, scales);
  const pivots = engine.read(engine.unary('abs', engine.diagonal(scaled)));
  const lost = machineEpsilon(engine) * Math.max(rows.shape[0]!, columns);
  if (pivots.some((pivot) => !(pivot > lost))) return undefined;
  const unscaled = engine.read(engine.unary('abs', engine.diagonal(triangle)));
  const roots = engine.read(given.roots);
  const entries = engine.read(engine.reduce('max', engine.unary('abs', rows), { axis: 0 }));
  if (unscaled.some((pivot, j) => !(pivot > GROWTH * lost * roots[j]! * entries[j]!))) return undefined;
  return engine.solveTriangular(scaled, engine.binary('divide', right, scales), { lower: false });
}

/** With the rows' decomposition A = U S Vᵀ of rank k: d = V S⁻¹ e, where e solves the weighted problem on U [N, k]. */
function solveInRowSpace(
  engine: LinalgEngine,
  rows: Tensor,
  given: { readonly target: Tensor; readonly roots: Tensor },
): WeightedSolution {
  const { u, s, vt } = engine.svd(rows);
  const values = engine.read(s);
  const smallest = values[0]! * machineEpsilon(engine) * Math.max(...rows.shape);
  const rank = values.filter((value) => value > smallest).length;
  const coordinates =
    solveTriangle(engine, engine.slice(u, [null, [0, rank]]), given) ??
    engine.leastSquares(
      engine.binary('multiply', engine.slice(u, [null, [0, rank]]), given.roots),
      engine.binary('multiply', given.target, given.roots),
    ).solution;
  const scaled = engine.binary('divide', coordinates, engine.tensor(values.subarray(0, rank), [rank, 1]));
  const solution = engine.matmul(engine.slice(vt, [[0, rank], null]), scaled, { transposeA: true });
  return { solution: engine.reshape(solution, [-1]), rank };
}
