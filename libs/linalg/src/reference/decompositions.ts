import { checkFinite, at, build } from './matrices.ts';
import { matrixShape, squareShape, systemShape } from '../implementation.ts';
import { jacobiEigh } from './eigh.ts';
import { pseudoSolve } from './least-squares.ts';
import { householder } from './qr.ts';
import { jacobiSvd } from './svd.ts';
import { pair } from './pair.ts';
import type { DecompositionOperations } from '../operations.ts';
import type { Store } from './store.ts';

/** Orthogonal decompositions. */
export function decompositionOperations(store: Store): DecompositionOperations {
  return {
    eigh(a) {
      const n = squareShape('eigh', a.shape);
      const lower = store.matrices(a).map((matrix) => build(n, n, (i, j) => (i >= j ? at(matrix, i, j) : 0)));
      checkFinite('eigh', lower);
      const parts = lower.map(jacobiEigh);
      const batch = a.shape.slice(0, -2);
      return {
        values: store.make([...batch, n], Float64Array.from(parts.flatMap(({ values }) => [...values]))),
        vectors: store.stack(
          batch,
          [n, n],
          parts.map(({ vectors }) => vectors),
        ),
      };
    },
    svd(a) {
      const [m, n] = matrixShape('svd', a.shape);
      const k = Math.min(m, n);
      const inputs = store.matrices(a);
      checkFinite('svd', inputs);
      const parts = inputs.map(jacobiSvd);
      const batch = a.shape.slice(0, -2);
      return {
        u: store.stack(
          batch,
          [m, k],
          parts.map(({ u }) => u),
        ),
        s: store.make([...batch, k], Float64Array.from(parts.flatMap(({ s }) => [...s]))),
        vt: store.stack(
          batch,
          [k, n],
          parts.map(({ vt }) => vt),
        ),
      };
    },
    qr(a) {
      const [m, n] = matrixShape('qr', a.shape);
      const k = Math.min(m, n);
      const inputs = store.matrices(a);
      checkFinite('qr', inputs);
      const parts = inputs.map(householder);
      const batch = a.shape.slice(0, -2);
      return {
        q: store.stack(
          batch,
          [m, k],
          parts.map(({ q }) => q),
        ),
        r: store.stack(
          batch,
          [k, n],
          parts.map(({ r }) => r),
        ),
      };
    },
    leastSquares(a, b, { rcond } = {}) {
      const { batch, m, n, k } = systemShape('leastSquares', a.shape, b.shape);
      const inputs = store.matrices(a);
      checkFinite('leastSquares', inputs);
      const threshold = rcond ?? Number.EPSILON * Math.max(m, n);
      const parts = pair(batch, [a.shape, inputs], [b.shape, store.matrices(b)]).map(([x, y]) =>
        pseudoSolve(x, y, threshold),
      );
      return {
        solution: store.stack(
          batch,
          [n, k],
          parts.map(({ x }) => x),
        ),
        rank: parts.map(({ rank }) => rank),
      };
    },
  };
}
