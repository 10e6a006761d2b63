import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MomentTable } from './moments.ts';
import type { Statistic } from './moments.ts';

function momentsOf(values: readonly number[]): MomentTable {
  const table = new MomentTable();
  for (const value of values) table.add(0, value);
  return table;
}

function merged(parts: readonly (readonly number[])[]): Statistic {
  const table = new MomentTable();
  for (const part of parts) table.merge(0, momentsOf(part).part(1), 0);
  return table.statistic(0);
}

/** In units of the largest value; the squares of what is smaller than 1e-100 are lost. */
function twoPass(values: readonly number[]): { mean: number; deviation: number; size: number } {
  const size = Math.max(...values.map(Math.abs), 1e-100);
  const scaled = values.map((value) => value / size);
  const mean = scaled.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)), size };
}

function assertMoments([count, mean, deviation, greatest]: Statistic, values: readonly number[]): void {
  const expected = twoPass(values);
  assert.equal(count, values.length);
  assert.ok(greatest === Math.max(...values), `greatest ${greatest}`);
  assert.ok(Math.abs(mean! / expected.size - expected.mean) < 1e-13, `mean ${mean}`);
  if (count < 2) assert.equal(deviation, null);
  else assert.ok(Math.abs(deviation! / expected.size - expected.deviation) < 1e-12, `deviation ${deviation}`);
}

const ordinary = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const large = fc
  .tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.constantFrom(1e139, 1e140, 1e200, 1e300))
  .map(([digits, size]) => digits * size);
const measurements = fc.array(fc.oneof(ordinary, large), { minLength: 1, maxLength: 40 });

describe('moments', () => {
  test('of values of any size, added one by one', () =>
    fc.assert(fc.property(measurements, (values) => assertMoments(momentsOf(values).statistic(0), values))));

  test('of any number of parts are those of all values', () =>
    fc.assert(
      fc.property(fc.array(measurements, { minLength: 1, maxLength: 4 }), (parts) =>
        assertMoments(merged([[], ...parts]), parts.flat()),
      ),
    ));

  test('keep the spread of values that are measured before a much larger one', () => {
    const values = [0, 9e139, 1.1e140];
    assertMoments(momentsOf(values).statistic(0), values);
    assertMoments(merged([[0, 9e139], [1.1e140]]), values);
  });

  test('keep the digits of close values far from zero in parts of different sizes', () => {
    const values = Array.from({ length: 1000 }, (_, place) => 1e9 + (place % 7) / 8);
    const { mean, deviation, size } = twoPass(values.map((value) => value - 1e9));
    const [count, ofParts, spread] = merged([values.slice(0, 3), values.slice(3)]);
    assert.equal(count, 1000);
    // of 1000 roundings at 1e9, each up to 6e-8, few do not cancel
    assert.ok(Math.abs(ofParts! - 1e9 - mean * size) < 1e-5, `mean ${ofParts}`);
    assert.ok(Math.abs(spread! - deviation * size) < 1e-8, `deviation ${spread}`);
  });

  test('of nothing', () => assert.deepEqual(merged([[], []]), [0, null, null, null]));

  test('are kept apart and kept where the table grows', () => {
    const table = new MomentTable();
    for (let place = 0; place < 500; place++) {
      table.makeRoom(place + 1);
      table.add(place, 1 - place);
    }
    for (let place = 0; place < 500; place++) assert.deepEqual(table.statistic(place), [1, 1 - place, null, 1 - place]);
  });
});
