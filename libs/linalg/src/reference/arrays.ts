import {
  checkIndices,
  checkShape,
  checkValues,
  concatShape,
  resolveAxis,
  resolvePermutation,
  resolveRanges,
  resolveReshape,
  sizeOf,
  squareShape,
  stridesOf,
} from '../implementation.ts';
import { build } from './matrices.ts';
import type { ArrayOperations } from '../operations.ts';
import type { Shape } from '../engine.ts';
import type { ReferenceTensor, Store } from './store.ts';

/** Making, reading and rearranging tensors. */
export function arrayOperations(store: Store): ArrayOperations {
  return {
    tensor(values, shape) {
      checkValues('tensor', values, shape);
      return store.make(shape, Float64Array.from(values));
    },
    adopt(values, shape) {
      checkValues('adopt', values, shape);
      return store.make(shape, values);
    },
    full(shape, value) {
      checkShape('full', shape);
      return store.make(shape, new Float64Array(sizeOf(shape)).fill(value));
    },
    eye(n) {
      checkShape('eye', [n]);
      return store.make([n, n], build(n, n, (i, j) => (i === j ? 1 : 0)).values);
    },
    read: (t) => store.ledger.check(t).values.slice(),

    reshape: (a, shape) => store.make(resolveReshape(a.shape, shape), store.ledger.check(a).values.slice()),
    transpose(a, axes) {
      const order = resolvePermutation(a.shape.length, axes);
      const shape = order.map((axis) => a.shape[axis]!);
      return gather(store, store.ledger.check(a), {
        shape,
        source: (index) => a.shape.map((_, axis) => index[order.indexOf(axis)]!),
      });
    },
    slice(a, ranges) {
      const resolved = resolveRanges(a.shape, ranges);
      const shape = resolved.map(([start, end]) => end - start);
      return gather(store, store.ledger.check(a), {
        shape,
        source: (index) => index.map((i, axis) => i + resolved[axis]![0]),
      });
    },
    take(a, indices, axis = 0) {
      const along = resolveAxis('take', a.shape.length, axis);
      checkIndices('take', indices, a.shape[along]!);
      const shape = a.shape.with(along, indices.length);
      return gather(store, store.ledger.check(a), {
        shape,
        source: (index) => index.with(along, indices[index[along]!]!),
      });
    },
    concat(parts, axis) {
      const joined = concatShape(
        parts.map((part) => part.shape),
        axis,
      );
      const outer = sizeOf(joined.shape.slice(0, joined.axis));
      const values = new Float64Array(sizeOf(joined.shape));
      let end = 0;
      for (let block = 0; block < outer; block++)
        for (const part of parts) {
          const length = sizeOf(part.shape.slice(joined.axis));
          values.set(store.ledger.check(part).values.subarray(block * length, (block + 1) * length), end);
          end += length;
        }
      return store.make(joined.shape, values);
    },
    diagonal(a) {
      squareShape('diagonal', a.shape);
      return gather(store, store.ledger.check(a), {
        shape: a.shape.slice(0, -1),
        source: (index) => [...index, index.at(-1)!],
      });
    },
    diag(a) {
      const { values } = store.ledger.check(a);
      const n = a.shape[resolveAxis('diag', a.shape.length, -1)]!;
      const parts = Array.from({ length: sizeOf(a.shape.slice(0, -1)) }, (_, b) =>
        build(n, n, (i, j) => (i === j ? values[b * n + i]! : 0)),
      );
      return store.stack(a.shape.slice(0, -1), [n, n], parts);
    },
  };
}

/** The tensor whose element at each multi-index is the element of `a` at the index that `source` names. */
function gather(
  store: Store,
  a: ReferenceTensor,
  { shape, source }: { shape: Shape; source: (index: readonly number[]) => readonly number[] },
): ReferenceTensor {
  const from = stridesOf(a.shape);
  const to = stridesOf(shape);
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index = shape.map((length, axis) => Math.floor(flat / to[axis]!) % length);
    return a.values[source(index).reduce((sum, i, axis) => sum + i * from[axis]!, 0)]!;
  });
  return store.make(shape, values);
}
