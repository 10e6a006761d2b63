import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lexicographicOrder, PositionColumns } from './position-columns.ts';

const rowsOf = (width: number) =>
  fc.array(fc.array(fc.integer({ min: -1, max: 4 }), { minLength: width, maxLength: width }), { maxLength: 60 });

test('columns give back the rows that were added, also beyond the memory they began with', () => {
  const columns = new PositionColumns(2);
  for (let row = 0; row < 5000; row++) columns.add(Int32Array.of(row, -row));
  const [up, down] = columns.take();
  assert.deepEqual([up!.length, up![4999], down![4999], down!.length], [5000, 4999, -4999, 5000]);
});

test('rows are ordered by column after column, equal ones as they came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }).chain(rowsOf), (rows) => {
      const width = rows[0]?.length ?? 1;
      const columns = Array.from({ length: width }, (_, k) => Int32Array.from(rows, (row) => row[k]!));
      const compare = (a: number, b: number) =>
        rows[a]!.map((value, k) => value - rows[b]![k]!).find((difference) => difference !== 0) ?? a - b;
      assert.deepEqual([...lexicographicOrder(columns)], [...rows.keys()].sort(compare));
    }),
  );
});
