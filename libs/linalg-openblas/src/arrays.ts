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
} from '@natsweep/linalg/implementation';
import type { ArrayOperations } from '@natsweep/linalg/implementation';
import { gatherStrided, permute } from './permute.ts';
import type { Heap } from './heap.ts';

/** Making, reading and rearranging tensors. */
export function arrayOperations(heap: Heap): ArrayOperations {
  const { ledger } = heap;
  return {
    tensor(values, shape) {
      checkValues('tensor', values, shape);
      const result = heap.allocate([...shape]);
      result.values.set(values);
      return result;
    },
    adopt(values, shape) {
      checkValues('adopt', values, shape);
      if (heap.precision === 'float64') return heap.adopt([...shape], values);
      return heap.adopt([...shape], Float32Array.from(values));
    },
    full(shape, value) {
      checkShape('full', shape);
      const result = heap.allocate([...shape]);
      result.values.fill(value);
      return result;
    },
    eye(n) {
      checkShape('eye', [n]);
      const result = heap.allocate([n, n]);
      result.values.fill(0);
      for (let i = 0; i < n; i++) result.values[i * n + i] = 1;
      return result;
    },
    read: (t) => Float64Array.from(ledger.check(t).values),

    reshape: (a, shape) => heap.view(resolveReshape(a.shape, shape), ledger.check(a)),
    transpose(a, axes) {
      const { values } = ledger.check(a);
      const order = resolvePermutation(a.shape.length, axes);
      const result = heap.allocate(order.map((axis) => a.shape[axis]!));
      permute(result.values, values, { shape: a.shape, order });
      return result;
    },
    slice(a, ranges) {
      const from = ledger.check(a);
      const resolved = resolveRanges(a.shape, ranges);
      const lengths = resolved.map(([start, end]) => end - start);
      const strides = stridesOf(a.shape);
      const start = resolved.reduce((sum, [first], axis) => sum + first * strides[axis]!, 0);
      if (lengths.every((length, axis) => axis === 0 || length === a.shape[axis]))
        return heap.view(lengths, from, from.values.subarray(start, start + sizeOf(lengths)));
      const result = heap.allocate(lengths);
      gatherStrided(result.values, from.values, { lengths, strides, start });
      return result;
    },
    take(a, indices, axis = 0) {
      const { values } = ledger.check(a);
      const along = resolveAxis('take', a.shape.length, axis);
      checkIndices('take', indices, a.shape[along]!);
      const result = heap.allocate(a.shape.with(along, indices.length));
      const block = sizeOf(a.shape.slice(along + 1));
      const rows = a.shape[along]!;
      let to = 0;
      for (let outer = 0; outer < sizeOf(a.shape.slice(0, along)); outer++)
        for (const index of indices) {
          const from = (outer * rows + index) * block;
          result.values.set(values.subarray(from, from + block), to);
          to += block;
        }
      return result;
    },
    concat(parts, axis) {
      const tensors = parts.map((part) => ledger.check(part));
      const joined = concatShape(
        tensors.map(({ shape }) => shape),
        axis,
      );
      const result = heap.allocate(joined.shape);
      let to = 0;
      for (let outer = 0; outer < sizeOf(joined.shape.slice(0, joined.axis)); outer++)
        for (const { shape, values } of tensors) {
          const block = sizeOf(shape.slice(joined.axis));
          result.values.set(values.subarray(outer * block, (outer + 1) * block), to);
          to += block;
        }
      return result;
    },
    diagonal(a) {
      const { values } = ledger.check(a);
      const n = squareShape('diagonal', a.shape);
      const result = heap.allocate(a.shape.slice(0, -1));
      for (let i = 0; i < result.values.length; i++) result.values[i] = values[i * n + (i % n)]!;
      return result;
    },
    diag(a) {
      const { values } = ledger.check(a);
      const n = a.shape[resolveAxis('diag', a.shape.length, -1)]!;
      const result = heap.allocate([...a.shape, n]);
      result.values.fill(0);
      for (let i = 0; i < values.length; i++) result.values[i * n + (i % n)] = values[i]!;
      return result;
    },
  };
}
