import { SingularMatrixError } from '../errors.ts';
import { accumulatedShape, checkAccumulated, productShape, squareShape, systemShape } from '../implementation.ts';
import { choleskyFactor } from './cholesky.ts';
import { at, build, transposed } from './matrices.ts';
import { pair } from './pair.ts';
import { eliminate, substitute } from './solve.ts';
import type { SystemOperations } from '../operations.ts';
import type { MatmulOptions, Tensor } from '../engine.ts';
import type { Matrix } from './matrices.ts';
import type { Store } from './store.ts';

/** Products, and linear systems of square matrices. */
export function systemOperations(store: Store): SystemOperations {
  const product = (a: Tensor, b: Tensor, options: MatmulOptions): Matrix[] => {
    const { scale = 1 } = options;
    const { batch, m, k, n } = productShape('matmul', a.shape, b.shape, options);
    const as = store.matrices(a).map((matrix) => (options.transposeA === true ? transposed(matrix) : matrix));
    const bs = store.matrices(b).map((matrix) => (options.transposeB === true ? transposed(matrix) : matrix));
    return pair(batch, [a.shape, as], [b.shape, bs]).map(([x, y]) =>
      build(m, n, (i, j) => {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += at(x, i, l) * at(y, l, j);
        return scale * sum;
      }),
    );
  };

  /** x for each system of the batch; throws `SingularMatrixError` where `solveOne` finds none. */
  const solveBatch = (
    operation: string,
    { a, b }: { a: Tensor; b: Tensor },
    solveOne: (a: Matrix, b: Matrix) => Matrix | undefined,
  ) => {
    squareShape(operation, a.shape);
    const { batch, n, k } = systemShape(operation, a.shape, b.shape);
    const solutions = pair(batch, [a.shape, store.matrices(a)], [b.shape, store.matrices(b)]).map(([x, y], index) => {
      const solution = solveOne(x, y);
      if (solution === undefined) throw new SingularMatrixError(operation, index);
      return solution;
    });
    return store.stack(batch, [n, k], solutions);
  };

  return {
    matmul(a, b, options = {}) {
      const { batch, m, n } = productShape('matmul', a.shape, b.shape, options);
      return store.stack(batch, [m, n], product(a, b, options));
    },
    matmulAccumulate(target, a, b, options = {}) {
      accumulatedShape(target.shape, a.shape, b.shape, options);
      const { values } = store.ledger.check(target);
      product(a, b, options).forEach((part, batch) =>
        part.values.forEach((value, i) => {
          values[batch * part.values.length + i]! += value;
        }),
      );
    },
    accumulate(target, a, scale = 1) {
      checkAccumulated('accumulate', target.shape, a.shape);
      const [{ values }, added] = [store.ledger.check(target), store.ledger.check(a)];
      added.values.forEach((value, i) => {
        values[i]! += scale * value;
      });
    },

    cholesky(a, { shift = 0 } = {}) {
      const n = squareShape('cholesky', a.shape);
      const factors = store
        .matrices(a)
        .map((matrix) => choleskyFactor(build(n, n, (i, j) => at(matrix, i, j) + (i === j ? shift : 0))));
      const nothing = build(n, n, () => NaN);
      return {
        factor: store.stack(
          a.shape.slice(0, -2),
          [n, n],
          factors.map((factor) => factor ?? nothing),
        ),
        failed: factors.flatMap((factor, b) => (factor === undefined ? [b] : [])),
      };
    },
    choleskySolve: (factor, b) =>
      solveBatch('choleskySolve', { a: factor, b }, (lower, rhs) => {
        const half = substitute(lower, rhs, true);
        return half && substitute(transposed(lower), half, false);
      }),
    solveTriangular: (a, b, { lower = true, transpose = false } = {}) =>
      solveBatch('solveTriangular', { a, b }, (matrix, rhs) =>
        transpose ? substitute(transposed(matrix), rhs, !lower) : substitute(matrix, rhs, lower),
      ),
    solve: (a, b) => solveBatch('solve', { a, b }, eliminate),
  };
}
