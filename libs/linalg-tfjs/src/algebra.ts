import { NonFiniteError, SingularMatrixError } from '@natsweep/linalg';
import {
  accumulatedShape,
  matrixShape,
  productShape,
  sizeOf,
  squareShape,
  systemShape,
} from '@natsweep/linalg/implementation';
import type { LinalgEngine, MatmulOptions, Precision, Tensor } from '@natsweep/linalg';
import { attribute } from './binding.ts';
import { TensorflowError } from './errors.ts';
import type { Session, TfTensor } from './session.ts';

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
export function algebraOperations(session: Session, precision: Precision): Algebra {
  const { ledger } = session;

  const product = (a: TfTensor, b: TfTensor, { transposeA = false, transposeB = false }: MatmulOptions) =>
    session.run('BatchMatMulV2', [a, b], [attribute.bool('adj_x', transposeA), attribute.bool('adj_y', transposeB)]);

  /** The triangle of [..., n, n] below the diagonal and on it; what is above may be garbage, and is not looked at. */
  const lowerPart = (a: TfTensor) => session.run('MatrixBandPart', [a, session.indices(-1), session.indices(0)]);

  /** For each matrix of the batch, whether all its entries are finite. x − x is 0 for every finite number, else NaN. */
  const finite = (a: TfTensor): boolean[] =>
    ledger.scope(() => {
      const zeros = session.run('Sub', [a, a]);
      const sums = session.run(
        'Sum',
        [zeros, session.indices([a.shape.length - 2, a.shape.length - 1])],
        [attribute.bool('keep_dims', false)],
      );
      return Array.from(session.download(sums), (sum) => sum === 0);
    });

  const checkFinite = (operation: string, a: TfTensor): void => {
    const bad = finite(a).indexOf(false);
    if (bad >= 0) throw new NonFiniteError(operation, bad);
  };

  /** Throws `SingularMatrixError` where a diagonal entry is exactly zero. */
  const checkDiagonal = (operation: string, a: TfTensor, n: number): void => {
    const diagonal = ledger.scope(() => session.download(session.run('MatrixDiagPart', [a])));
    const zero = diagonal.indexOf(0);
    if (zero >= 0) throw new SingularMatrixError(operation, Math.floor(zero / n));
  };

  const triangular = (a: TfTensor, b: TfTensor, { lower, transpose }: { lower: boolean; transpose: boolean }) =>
    session.run(
      'MatrixTriangularSolve',
      [a, b],
      [attribute.bool('lower', lower), attribute.bool('adjoint', transpose)],
    );

  const broadcastBatch = (a: TfTensor, batch: readonly number[]) =>
    session.run('BroadcastTo', [a, session.indices([...batch, ...a.shape.slice(-2)])]);

  return {
    matmul(a, b, options = {}) {
      productShape('matmul', a.shape, b.shape, options);
      return product(ledger.check(a), ledger.check(b), options);
    },
    matmulAccumulate(target, a, b, { scale = 1, ...options } = {}) {
      const [left, right, into] = [ledger.check(a), ledger.check(b), ledger.check(target)];
      accumulatedShape(target.shape, a.shape, b.shape, options);
      ledger.scope(() => {
        const smaller = sizeOf(left.shape) < sizeOf(right.shape) ? left : right;
        const scaled = scale === 1 ? smaller : session.run('Mul', [smaller, session.number(scale)]);
        const step = smaller === left ? product(scaled, right, options) : product(left, scaled, options);
        const sum = session.run('AddV2', [into, step]);
        [into.id, sum.id] = [sum.id, into.id];
      });
    },

    cholesky(a) {
      const n = squareShape('cholesky', a.shape);
      return ledger.scope(() => {
        const factor = lowerPart(session.run('Cholesky', [ledger.check(a)]));
        const pivots = session.download(session.run('MatrixDiagPart', [factor]));
        const count = sizeOf(a.shape.slice(0, -2));
        // TensorFlow reports no failure: it leaves a pivot that is not a positive finite number.
        const failed = Array.from({ length: count }, (_, at) => at).filter(
          (at) => !pivots.subarray(at * n, (at + 1) * n).every((pivot) => pivot > 0 && pivot < Infinity),
        );
        if (failed.length === 0) return { factor, failed };
        const keep = new Float64Array(count).fill(1);
        for (const at of failed) keep[at] = 0;
        const mask = session.upload(keep, [...a.shape.slice(0, -2), 1, 1]);
        const kept = session.run('NotEqual', [mask, session.number(0)]);
        return { factor: session.run('SelectV2', [kept, factor, session.number(NaN)]), failed };
      });
    },
    choleskySolve(factor, b) {
      squareShape('choleskySolve', factor.shape);
      systemShape('choleskySolve', factor.shape, b.shape);
      return ledger.scope(() => {
        const lower = ledger.check(factor);
        const half = triangular(lower, ledger.check(b), { lower: true, transpose: false });
        return triangular(lower, half, { lower: true, transpose: true });
      });
    },
    solveTriangular(a, b, { lower = true, transpose = false } = {}) {
      const n = squareShape('solveTriangular', a.shape);
      systemShape('solveTriangular', a.shape, b.shape);
      const [matrix, side] = [ledger.check(a), ledger.check(b)];
      checkDiagonal('solveTriangular', matrix, n);
      return triangular(matrix, side, { lower, transpose });
    },
    solve(a, b) {
      squareShape('solve', a.shape);
      const { batch } = systemShape('solve', a.shape, b.shape);
      return ledger.scope(() => {
        const [matrix, side] = [broadcastBatch(ledger.check(a), batch), broadcastBatch(ledger.check(b), batch)];
        const bad = finite(matrix).indexOf(false);
        if (bad >= 0) throw new SingularMatrixError('solve', bad);
        try {
          return session.run('MatrixSolve', [matrix, side]);
        } catch (error) {
          throw new SingularMatrixError('solve', firstSingular(session, matrix, error));
        }
      });
    },

    eigh(a) {
      squareShape('eigh', a.shape);
      return ledger.scope(() => {
        const lower = lowerPart(ledger.check(a));
        checkFinite('eigh', lower);
        const [values, vectors] = session.runAll('SelfAdjointEigV2', [lower], {
          attributes: [attribute.bool('compute_v', true)],
          outputs: 2,
        });
        return { values: values!, vectors: vectors! };
      });
    },
    svd(a) {
      matrixShape('svd', a.shape);
      return ledger.scope(() => {
        const matrix = ledger.check(a);
        checkFinite('svd', matrix);
        const { u, s, v } = decompose(matrix);
        return { u, s, vt: swapped(v) };
      });
    },
    qr(a) {
      matrixShape('qr', a.shape);
      return ledger.scope(() => {
        const matrix = ledger.check(a);
        checkFinite('qr', matrix);
        const [q, r] = session.runAll('Qr', [matrix], {
          attributes: [attribute.bool('full_matrices', false)],
          outputs: 2,
        });
        return { q: q!, r: r! };
      });
    },
    leastSquares(a, b, { rcond } = {}) {
      const { batch, m, n } = systemShape('leastSquares', a.shape, b.shape);
      return ledger.scope(() => {
        const [matrix, side] = [broadcastBatch(ledger.check(a), batch), ledger.check(b)];
        checkFinite('leastSquares', matrix);
        const { u, s, v } = decompose(matrix);
        const k = Math.min(m, n);
        const singular = session.download(s);
        const cutoff = rcond ?? EPSILON[precision] * Math.max(m, n);
        const kept = singular.map((value, i) => Number(value > cutoff * singular[i - (i % k)]!));
        const inverse = session.upload(
          singular.map((value, i) => (kept[i] === 1 ? 1 / value : 0)),
          [...batch, k, 1],
        );
        const projected = session.run('Mul', [product(u, side, { transposeA: true }), inverse]);
        const rank = Array.from({ length: sizeOf(batch) }, (_, at) =>
          kept.subarray(at * k, (at + 1) * k).reduce((sum, value) => sum + value, 0),
        );
        return { solution: product(v, projected, {}), rank };
      });
    },
  };

  function decompose(a: TfTensor): { u: TfTensor; s: TfTensor; v: TfTensor } {
    const attributes = [attribute.bool('compute_uv', true), attribute.bool('full_matrices', false)];
    const [s, u, v] = session.runAll('Svd', [a], { attributes, outputs: 3 });
    return { u: u!, s: s!, v: v! };
  }

  function swapped(a: TfTensor): TfTensor {
    const rank = a.shape.length;
    const order = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
    return session.run('Transpose', [a, session.indices(order)]);
  }
}

/** TensorFlow does not say which matrix of a batch it could not invert: tries them one by one. */
function firstSingular(session: Session, matrices: Tensor, error: unknown): number {
  if (!(error instanceof TensorflowError) || !/not invertible/.test(error.message)) throw error;
  const n = matrices.shape.at(-1)!;
  const count = sizeOf(matrices.shape.slice(0, -2));
  return session.ledger.scope(() => {
    const flat = session.run('Reshape', [matrices as TfTensor, session.indices([count, n, n])]);
    const side = session.run('Fill', [session.indices([1, n, 1]), session.number(1)]);
    for (let at = 0; at < count; at++) {
      const one = session.run('Slice', [flat, session.indices([at, 0, 0]), session.indices([1, n, n])]);
      try {
        session.run('MatrixSolve', [one, side]);
      } catch {
        return at;
      }
    }
    throw error;
  });
}
