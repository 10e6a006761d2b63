import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyedValues } from './keyed-values.ts';

test('keeps the last value of every key, as a map does', () => {
  // few different halves, so that many keys share a place
  const half = fc.oneof(fc.nat({ max: 40 }), fc.constantFrom(0x7fffffff, 1024, 2048, 3072));
  const entry = fc.tuple(half, half, fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 4000, size: 'max' }), (entries) => {
      const [values, expected] = [new KeyedValues(), new Map<string, number>()];
      for (const [high, low, value] of entries) {
        values.set(high, low, value);
        expected.set(`${high} ${low}`, value);
      }
      for (const [high, low] of entries) assert.equal(values.get(high, low), expected.get(`${high} ${low}`));
      assert.ok(Number.isNaN(values.get(41, 41)));
    }),
    { numRuns: 30 },
  );
});
