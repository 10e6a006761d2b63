import { SingularMatrixError } from '@natsweep/linalg';
import {
  accumulatedShape,
  checkAccumulated,
  broadcastIndices,
  productShape,
  sizeOf,
  squareShape,
  systemShape,
} from '@natsweep/linalg/implementation';
import type { SystemOperations } from '@natsweep/linalg/implementation';
import type { Tensor } from '@natsweep/linalg';
import { factorise, substitute } from './cholesky.ts';
import { allFinite, part } from './matrices.ts';
import { multiply } from './products.ts';
import { solveGeneral } from './solve.ts';
import type { FloatArray, Routines } from './routines.ts';
import type { Heap, OpenblasTensor } from './heap.ts';

/** Products, and linear systems of square matrices. */
export function systemOperations(heap: Heap, routines: Routines): SystemOperations {
  const { ledger, memory } = heap;

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
      multiply(routines, result.values, { a: left, b: right, options, beta: 0 });
      return result;
    },
    matmulAccumulate(target, a, b, options = {}) {
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
        beta: 1,
      });
      if (kept !== undefined) ledger.free([kept]);
    },

    accumulate(target, a, scale = 1) {
      const [into, added] = [ledger.check(target), ledger.check(a)];
      checkAccumulated('accumulate', target.shape, a.shape);
      heap.unshare(into);
      routines.axpy(into.values.length, scale, added.values, 1, into.values, 1);
    },

    cholesky(a, { shift = 0 } = {}) {
      const { shape, values } = ledger.check(a);
      const n = squareShape('cholesky', shape);
      const factor = heap.allocate(shape);
      factor.values.set(values);
      const failed: number[] = [];
      for (let at = 0; at < sizeOf(shape.slice(0, -2)); at++)
        if (!factorise(routines, part(factor.values, at, n * n), { n, shift })) failed.push(at);
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
          return allFinite(matrix) && solveGeneral({ routines, memory }, lu, x, size);
        }),
      ),
  };
}
