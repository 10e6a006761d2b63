import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  broadcastIndices,
  broadcastShapes,
  reducedAxes,
  resolvePermutation,
  resolveReshape,
  sizeOf,
} from './shapes.ts';

test('broadcastShapes follows NumPy', () => {
  assert.deepEqual(broadcastShapes('x', [8, 1, 6, 1], [7, 1, 5]), [8, 7, 6, 5]);
  assert.deepEqual(broadcastShapes('x', [0, 3], [1]), [0, 3]);
  assert.deepEqual(broadcastShapes('x', [], []), []);
  assert.throws(() => broadcastShapes('add', [2, 1], [8, 4, 3], [3, 1]), { message: /^add: \[2, 1\] and \[8, 4, 3\]/ });
});

test('broadcastIndices finds the element that each index broadcasts to', () => {
  const pairs = fc
    .array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
    .chain((target) => fc.tuple(fc.constant(target), fc.nat(target.length), fc.array(fc.boolean(), { minLength: 4 })));
  fc.assert(
    fc.property(pairs, ([target, dropped, repeat]) => {
      const source = target.slice(dropped).map((length, axis) => (repeat[axis] ? 1 : length));
      const indices = broadcastIndices(source, target);
      assert.equal(indices.length, sizeOf(target));
      indices.forEach((found, flat) => {
        let [rest, expected, stride] = [flat, 0, 1];
        for (let axis = target.length - 1; axis >= 0; axis--) {
          const at = rest % target[axis]!;
          rest = Math.floor(rest / target[axis]!);
          const length = source[axis - dropped];
          if (length === undefined) continue;
          expected += (length === 1 ? 0 : at) * stride;
          stride *= length;
        }
        assert.equal(found, expected);
      });
    }),
  );
});

test('axes, permutations and open lengths are resolved', () => {
  assert.deepEqual(reducedAxes('sum', 3, [-1, 0]), [0, 2]);
  assert.deepEqual(resolvePermutation(4, undefined), [0, 1, 3, 2]);
  assert.deepEqual(resolvePermutation(3, [-1, 0, 1]), [2, 0, 1]);
  assert.deepEqual(resolveReshape([4, 6], [3, -1]), [3, 8]);
  assert.deepEqual(resolveReshape([0, 6], [2, 0]), [2, 0]);
});
