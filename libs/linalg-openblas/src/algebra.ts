import { NonFiniteError, SingularMatrixError } from '@natsweep/linalg';
import {
  accumulatedShape,
  broadcastIndices,
  matrixShape,
  productShape,
  sizeOf,
  squareShape,
  systemShape,
} from '@natsweep/linalg/implementation';
import type { LinalgEngine, Precision, Shape, Tensor } from '@natsweep/linalg';
import { factorise, substitute } from './cholesky.ts';
import { eigenSymmetric } from './eigh.ts';
import { minimumNorm } from './least-squares.ts';
import { multiply } from './products.ts';
import { orthogonalTriangular } from './qr.ts';
import { solveGeneral } from './solve.ts';
import { singularValues } from './svd.ts';
import type { FloatArray, Routines } from './routines.ts';
import type { Heap, OpenblasTensor } from './heap.ts';

type Algebra = Pick<
  LinalgEngine,
  | 'matmul'
  | 'matmulAccumulate'
  | 'cholesky'
  | 'choleskySolve'
  | 'solveTriangular'
  | 'solve'
  | 'eigh'
  | 'svd'
  | 'qr'
  | 'leastSquares'
>;

const EPSILON: Readonly<Record<Precision, number>> = { float64: 2 ** -52, float32: 2 ** -23 };

/** Products, factorisations and solves. */
export function algebraOperations(heap: Heap, routines: Routines, precision: Precision): Algebra {
  const { ledger, memory } = heap;
  const bench = { routines, memory };

  /** x for each system of the batch, in place in a copy of b; `solveOne` gives false for a singular matrix. */
  const solveBatch = (
    operation: string,
    { a, b }: { a: Tensor; b: Tensor },
    solveOne: (a: FloatArray, x: FloatArray, size: { n: number; k: number }) => boolean,
  ): OpenblasTensor => {
    const [matrix, side] = [ledger.check(a), ledger.check(b)];
    squareShape(operation, a.shape);
    const { batch, n, k } = systemShape(operation, a.shape, b.shape);
    const aIndex = broadcastIndices(a.shape.slice(0, -2), batch);
    const bIndex = broadcastIndices(b.shape.slice(0, -2), batch);
    const result = heap.allocate([...batch, n, k]);
    return heap.guard([result], () => {
      for (let at = 0; at < aIndex.length; at++) {
        const x = part(result.values, at, n * k);
        x.set(part(side.values, bIndex[at]!, n * k));
        if (!solveOne(part(matrix.values, aIndex[at]!, n * n), x, { n, k }))
          throw new SingularMatrixError(operation, at);
      }
      return result;
    });
  };

  return {
    matmul(a, b, options = {}) {
      const [left, right] = [ledger.check(a), ledger.check(b)];
      const { batch, m, n } = productShape('matmul', a.shape, b.shape, options);
      const result = heap.allocate([...batch, m, n]);
      multiply(routines, result.values, { a: left, b: right, options, alpha: 1, beta: 0 });
      return result;
    },
    matmulAccumulate(target, a, b, { scale = 1, ...options } = {}) {
      const [left, right, into] = [ledger.check(a), ledger.check(b), ledger.check(target)];
      accumulatedShape(target.shape, a.shape, b.shape, options);
      const values = into.values;
      const isFactor = left === into || right === into;
      // A factor that is written to while it is read is kept alive as a second owner, which `unshare` then copies from.
      const kept = isFactor ? heap.view(into.shape, into) : undefined;
      heap.unshare(into);
      multiply(routines, into.values, {
        a: left === into ? { shape: left.shape, values } : left,
        b: right === into ? { shape: right.shape, values } : right,
        options,
        alpha: scale,
        beta: 1,
      });
      if (kept !== undefined) ledger.free([kept]);
    },

    cholesky(a) {
      const { shape, values } = ledger.check(a);
      const n = squareShape('cholesky', shape);
      const factor = heap.allocate(shape);
      factor.values.set(values);
      const failed: number[] = [];
      for (let at = 0; at < sizeOf(shape.slice(0, -2)); at++)
        if (!factorise(routines, part(factor.values, at, n * n), n)) failed.push(at);
      return { factor, failed };
    },
    choleskySolve: (factor, b) =>
      solveBatch('choleskySolve', { a: factor, b }, (a, x, size) => {
        substitute(routines, a, x, { ...size, lower: true, transpose: false });
        substitute(routines, a, x, { ...size, lower: true, transpose: true });
        return true;
      }),
    solveTriangular: (a, b, { lower = true, transpose = false } = {}) =>
      solveBatch('solveTriangular', { a, b }, (matrix, x, size) => {
        for (let i = 0; i < size.n; i++) if (matrix[i * (size.n + 1)] === 0) return false;
        substitute(routines, matrix, x, { ...size, lower, transpose });
        return true;
      }),
    solve: (a, b) =>
      solveBatch('solve', { a, b }, (matrix, x, size) =>
        memory.scratch([matrix.length], (lu) => {
          lu.set(matrix);
          return isFinite(matrix) && solveGeneral(bench, lu, x, size);
        }),
      ),

    eigh(a) {
      const { shape, values } = ledger.check(a);
      const n = squareShape('eigh', shape);
      checkMatrices('eigh', values, { rows: n, columns: n, lowerOnly: true });
      const batch = shape.slice(0, -2);
      const eigenvalues = heap.allocate([...batch, n]);
      const vectors = heap.allocate(shape);
      return heap.guard([eigenvalues, vectors], () => {
        memory.scratch([n * n], (matrix) => {
          for (let at = 0; at < sizeOf(batch); at++) {
            matrix.set(part(values, at, n * n));
            eigenSymmetric(bench, matrix, {
              values: part(eigenvalues.values, at, n),
              vectors: part(vectors.values, at, n * n),
              n,
            });
          }
        });
        return { values: eigenvalues, vectors };
      });
    },
    svd(a) {
      const { batch, m, n, k, values } = checkRectangles('svd', ledger.check(a));
      const u = heap.allocate([...batch, m, k]);
      const s = heap.allocate([...batch, k]);
      const vt = heap.allocate([...batch, k, n]);
      return heap.guard([u, s, vt], () => {
        memory.scratch([m * n], (matrix) => {
          for (let at = 0; at < sizeOf(batch); at++) {
            matrix.set(part(values, at, m * n));
            const parts = { u: part(u.values, at, m * k), s: part(s.values, at, k), vt: part(vt.values, at, k * n) };
            singularValues(bench, matrix, { m, n, ...parts });
          }
        });
        return { u, s, vt };
      });
    },
    qr(a) {
      const { batch, m, n, k, values } = checkRectangles('qr', ledger.check(a));
      const q = heap.allocate([...batch, m, k]);
      const r = heap.allocate([...batch, k, n]);
      return heap.guard([q, r], () => {
        memory.scratch([m * n], (matrix) => {
          for (let at = 0; at < sizeOf(batch); at++) {
            matrix.set(part(values, at, m * n));
            orthogonalTriangular(bench, matrix, { m, n, q: part(q.values, at, m * k), r: part(r.values, at, k * n) });
          }
        });
        return { q, r };
      });
    },
    leastSquares(a, b, { rcond } = {}) {
      const [matrix, side] = [ledger.check(a), ledger.check(b)];
      const { batch, m, n, k } = systemShape('leastSquares', a.shape, b.shape);
      checkMatrices('leastSquares', matrix.values, { rows: m, columns: n, lowerOnly: false });
      const threshold = rcond ?? EPSILON[precision] * Math.max(m, n);
      const aIndex = broadcastIndices(a.shape.slice(0, -2), batch);
      const bIndex = broadcastIndices(b.shape.slice(0, -2), batch);
      const solution = heap.allocate([...batch, n, k]);
      return heap.guard([solution], () => {
        const rank = Array.from(aIndex, (from, at) =>
          minimumNorm(
            bench,
            {
              m,
              n,
              k,
              a: part(matrix.values, from, m * n),
              b: part(side.values, bIndex[at]!, m * k),
              x: part(solution.values, at, n * k),
            },
            threshold,
          ),
        );
        return { solution, rank };
      });
    },
  };
}

const part = (values: FloatArray, index: number, size: number): FloatArray =>
  values.subarray(index * size, (index + 1) * size);

/** x − x is 0 for every finite number, else NaN. */
function isFinite(values: FloatArray): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  return sum === 0;
}

function checkRectangles(
  operation: string,
  { shape, values }: OpenblasTensor,
): { batch: Shape; m: number; n: number; k: number; values: FloatArray } {
  const [m, n] = matrixShape(operation, shape);
  checkMatrices(operation, values, { rows: m, columns: n, lowerOnly: false });
  return { batch: shape.slice(0, -2), m, n, k: Math.min(m, n), values };
}

/** Throws `NonFiniteError` for the first matrix with NaN or infinities, above the diagonal only if that is read. */
function checkMatrices(
  operation: string,
  values: FloatArray,
  { rows, columns, lowerOnly }: { rows: number; columns: number; lowerOnly: boolean },
): void {
  if (isFinite(values)) return;
  const size = rows * columns;
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor((i % size) / columns);
    if (Number.isFinite(values[i]!) || (lowerOnly && i % columns > row)) continue;
    throw new NonFiniteError(operation, Math.floor(i / size));
  }
}
