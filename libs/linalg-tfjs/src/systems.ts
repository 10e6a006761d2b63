import { SingularMatrixError } from '@natsweep/linalg';
import {
  accumulatedShape,
  checkAccumulated,
  productShape,
  sizeOf,
  squareShape,
  systemShape,
} from '@natsweep/linalg/implementation';
import type { SystemOperations } from '@natsweep/linalg/implementation';
import { attribute } from './binding.ts';
import { TensorflowError } from './errors.ts';
import { broadcastBatch, finiteMatrices, multipleOfIdentity, product } from './matrices.ts';
import type { Session, TfTensor } from './session.ts';

/** Products, and linear systems of square matrices. */
export function systemOperations(session: Session): SystemOperations {
  const { ledger } = session;
  return {
    matmul(a, b, options = {}) {
      productShape('matmul', a.shape, b.shape, options);
      return product(session, ledger.check(a), ledger.check(b), options);
    },
    matmulAccumulate(target, a, b, options = {}) {
      const [left, right, into] = [ledger.check(a), ledger.check(b), ledger.check(target)];
      accumulatedShape(target.shape, a.shape, b.shape, options);
      ledger.scope(() => addTo(session, into, product(session, left, right, options)));
    },
    accumulate(target, a, scale = 1) {
      const [into, added] = [ledger.check(target), ledger.check(a)];
      checkAccumulated('accumulate', target.shape, a.shape);
      ledger.scope(() =>
        addTo(session, into, scale === 1 ? added : session.run('Mul', [added, session.number(scale)])),
      );
    },

    cholesky(a, { shift = 0 } = {}) {
      const n = squareShape('cholesky', a.shape);
      return ledger.scope(() => {
        const matrix = ledger.check(a);
        const shifted = shift === 0 ? matrix : session.run('AddV2', [matrix, multipleOfIdentity(session, n, shift)]);
        // zero above the diagonal where it succeeds, garbage where it does not
        const factor = session.run('Cholesky', [shifted]);
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
        const half = triangular(session, lower, ledger.check(b), { lower: true, transpose: false });
        return triangular(session, lower, half, { lower: true, transpose: true });
      });
    },
    solveTriangular(a, b, { lower = true, transpose = false } = {}) {
      squareShape('solveTriangular', a.shape);
      systemShape('solveTriangular', a.shape, b.shape);
      const [matrix, side] = [ledger.check(a), ledger.check(b)];
      checkDiagonal(session, 'solveTriangular', matrix);
      return triangular(session, matrix, side, { lower, transpose });
    },
    solve(a, b) {
      squareShape('solve', a.shape);
      const { batch } = systemShape('solve', a.shape, b.shape);
      return ledger.scope(() => {
        const [matrix, side] = [
          broadcastBatch(session, ledger.check(a), batch),
          broadcastBatch(session, ledger.check(b), batch),
        ];
        const bad = finiteMatrices(session, matrix).indexOf(false);
        if (bad >= 0) throw new SingularMatrixError('solve', bad);
        try {
          return session.run('MatrixSolve', [matrix, side]);
        } catch (error) {
          throw new SingularMatrixError('solve', firstSingular(session, matrix, error));
        }
      });
    },
  };
}

/** target ← target + added: the handle changes hands, and the old values are freed with the scope. */
function addTo(session: Session, target: TfTensor, added: TfTensor): void {
  const sum = session.run('AddV2', [target, added]);
  [target.id, sum.id] = [sum.id, target.id];
}

function triangular(
  session: Session,
  a: TfTensor,
  b: TfTensor,
  { lower, transpose }: { lower: boolean; transpose: boolean },
): TfTensor {
  const attributes = [attribute.bool('lower', lower), attribute.bool('adjoint', transpose)];
  return session.run('MatrixTriangularSolve', [a, b], attributes);
}

/** Throws `SingularMatrixError` where a diagonal entry of a matrix [..., n, n] is exactly zero. */
function checkDiagonal(session: Session, operation: string, a: TfTensor): void {
  const diagonal = session.ledger.scope(() => session.download(session.run('MatrixDiagPart', [a])));
  const zero = diagonal.indexOf(0);
  if (zero >= 0) throw new SingularMatrixError(operation, Math.floor(zero / a.shape.at(-1)!));
}

/** TensorFlow does not say which matrix of a batch it could not invert: tries them one by one. */
function firstSingular(session: Session, matrices: TfTensor, error: unknown): number {
  if (!(error instanceof TensorflowError) || !/not invertible/.test(error.message)) throw error;
  const n = matrices.shape.at(-1)!;
  const count = sizeOf(matrices.shape.slice(0, -2));
  return session.ledger.scope(() => {
    const flat = session.run('Reshape', [matrices, session.indices([count, n, n])]);
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
