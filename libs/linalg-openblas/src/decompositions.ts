import { broadcastIndices, matrixShape, sizeOf, squareShape, systemShape } from '@natsweep/linalg/implementation';
import type { DecompositionOperations } from '@natsweep/linalg/implementation';
import type { Precision, Shape } from '@natsweep/linalg';
import { eigenSymmetric } from './eigh.ts';
import { minimumNorm } from './least-squares.ts';
import { checkMatrices, part } from './matrices.ts';
import { orthogonalTriangular } from './qr.ts';
import { singularValues } from './svd.ts';
import type { FloatArray, Routines } from './routines.ts';
import type { Heap, OpenblasTensor } from './heap.ts';

const EPSILON: Readonly<Record<Precision, number>> = { float64: 2 ** -52, float32: 2 ** -23 };

/** Orthogonal decompositions. */
export function decompositionOperations(heap: Heap, routines: Routines, precision: Precision): DecompositionOperations {
  const { ledger, memory } = heap;
  const bench = { routines, memory };

  return {
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

function checkRectangles(
  operation: string,
  { shape, values }: OpenblasTensor,
): { batch: Shape; m: number; n: number; k: number; values: FloatArray } {
  const [m, n] = matrixShape(operation, shape);
  checkMatrices(operation, values, { rows: m, columns: n, lowerOnly: false });
  return { batch: shape.slice(0, -2), m, n, k: Math.min(m, n), values };
}
