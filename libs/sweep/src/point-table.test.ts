import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PointTable } from './point-table.ts';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
// few distinct words, so that hashes meet in one word, in both, and in their place
const hash = fc.record({ high: fc.oneof(word, fc.nat(3)), low: fc.oneof(word, fc.nat(3)) });

test('a table keeps the first point of every hash, as a map does', () => {
  fc.assert(
    fc.property(fc.array(hash, { minLength: 1, maxLength: 80 }), fc.array(hash, { maxLength: 20 }), (added, asked) => {
      const table = new PointTable(added.length);
      const map = new Map<string, number>();
      for (const [point, each] of added.entries()) {
        const key = JSON.stringify(each);
        assert.equal(table.add(each, point), !map.has(key));
        if (!map.has(key)) map.set(key, point);
      }
      for (const each of [...added, ...asked]) assert.equal(table.find(each), map.get(JSON.stringify(each)));
    }),
  );
});
