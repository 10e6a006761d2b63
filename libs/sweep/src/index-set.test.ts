import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IndexSet } from './index-set.ts';

const index = fc.oneof(fc.nat(200), fc.integer({ min: 32_700, max: 32_900 }), fc.integer({ min: 0, max: 2 ** 40 }));

test('behaves as a Set of numbers under any sequence of additions and deletions', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), index), { maxLength: 200 }), (steps) => {
      const set = new IndexSet();
      const model = new Set<number>();
      for (const [add, i] of steps) {
        assert.equal(add ? set.add(i) : set.delete(i), add ? !model.has(i) : model.has(i));
        if (add) model.add(i);
        else model.delete(i);
        assert.equal(set.size, model.size);
      }
      assert.deepEqual(
        [...set],
        [...model].sort((a, b) => a - b),
      );
      for (const [, i] of steps) {
        assert.equal(set.has(i), model.has(i));
        let absent = i;
        while (model.has(absent)) absent++;
        assert.equal(set.nextAbsent(i), absent);
      }
    }),
  );
});

test('full stretches cost nothing and are passed in one step', () => {
  const set = new IndexSet();
  for (let i = 0; i < 100_000; i++) set.add(i);
  assert.equal(set.size, 100_000);
  assert.equal(set.nextAbsent(0), 100_000);
  assert.equal(set.delete(40_000), true);
  assert.equal(set.nextAbsent(0), 40_000);
  assert.equal(set.add(40_000), true);
  assert.equal(set.nextAbsent(17), 100_000);
});

test('what is not an index is refused', () => {
  for (const wrong of [-1, 0.5, NaN, Infinity]) assert.throws(() => new IndexSet().add(wrong), RangeError);
});
