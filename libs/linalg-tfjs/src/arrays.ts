import {
  checkIndices,
  checkShape,
  checkValues,
  concatShape,
  resolveAxis,
  resolvePermutation,
  resolveRanges,
  resolveReshape,
  squareShape,
} from '@natsweep/linalg/implementation';
import type { ArrayOperations } from '@natsweep/linalg/implementation';
import { attribute } from './binding.ts';
import { multipleOfIdentity } from './matrices.ts';
import type { Session } from './session.ts';

/** Making, reading and rearranging tensors. */
export function arrayOperations(session: Session): ArrayOperations {
  const { ledger } = session;
  return {
    tensor(values, shape) {
      checkValues('tensor', values, shape);
      return session.upload(values, shape);
    },
    adopt(values, shape) {
      checkValues('adopt', values, shape);
      return session.take(values, shape);
    },
    full(shape, value) {
      checkShape('full', shape);
      return ledger.scope(() => session.run('Fill', [session.indices(shape), session.number(value)]));
    },
    eye(n) {
      checkShape('eye', [n]);
      return ledger.scope(() => multipleOfIdentity(session, n, 1));
    },
    read: (t) => session.download(ledger.check(t)),

    reshape: (a, shape) => session.run('Reshape', [ledger.check(a), session.indices(resolveReshape(a.shape, shape))]),
    transpose: (a, axes) =>
      session.run('Transpose', [ledger.check(a), session.indices(resolvePermutation(a.shape.length, axes))]),
    slice(a, ranges) {
      const resolved = resolveRanges(a.shape, ranges);
      const starts = session.indices(resolved.map(([start]) => start));
      const lengths = session.indices(resolved.map(([start, end]) => end - start));
      return session.run('Slice', [ledger.check(a), starts, lengths]);
    },
    take(a, indices, axis = 0) {
      const along = resolveAxis('take', a.shape.length, axis);
      checkIndices('take', indices, a.shape[along]!);
      return ledger.scope(() =>
        session.run(
          'GatherV2',
          [ledger.check(a), session.uploadIndices(indices), session.indices(along)],
          [attribute.int('batch_dims', 0)],
        ),
      );
    },
    concat(parts, axis) {
      const tensors = parts.map((part) => ledger.check(part));
      const joined = concatShape(
        tensors.map(({ shape }) => shape),
        axis,
      );
      if (tensors.length === 1) return session.run('Reshape', [tensors[0]!, session.indices(joined.shape)]);
      return session.run(
        'ConcatV2',
        [...tensors, session.indices(joined.axis)],
        [attribute.int('N', tensors.length), attribute.type('T', session.dtype)],
      );
    },
    diagonal(a) {
      squareShape('diagonal', a.shape);
      return session.run('MatrixDiagPart', [ledger.check(a)]);
    },
    diag(a) {
      resolveAxis('diag', a.shape.length, -1);
      return session.run('MatrixDiag', [ledger.check(a)]);
    },
  };
}
