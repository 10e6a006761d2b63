import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyOrder } from './key-order.ts';

/** Names that look alike to a comparison in a language, by number, or with what every object inherits. */
const name = fc.oneof(
  fc.constantFrom('a', 'A', 'ä', 'z', 'Z', '10', '9', '09', '', ' ', '__proto__', 'constructor', '\u{1f600}', '\uffff'),
  fc.string(),
);
const objects = fc.array(fc.uniqueArray(name, { maxLength: 6 }), { maxLength: 12 });

/** By the numbers of their code units, one after the other. */
function comesBefore(one: string, other: string): boolean {
  for (let at = 0; at < Math.min(one.length, other.length); at++)
    if (one.charCodeAt(at) !== other.charCodeAt(at)) return one.charCodeAt(at) < other.charCodeAt(at);
  return one.length < other.length;
}

test('gives the keys of each object in code-unit order, whatever it was asked of before', () => {
  fc.assert(
    fc.property(objects, (all) => {
      const order = new KeyOrder();
      for (const names of all.flatMap((each) => [each, each])) {
        const sorted = order.of(Object.fromEntries(names.map((key) => [key, 0])));
        assert.deepEqual(new Set(sorted), new Set(names));
        assert.equal(sorted.length, names.length);
        for (let at = 1; at < sorted.length; at++) assert.ok(comesBefore(sorted[at - 1]!, sorted[at]!), sorted.join());
      }
    }),
    { numRuns: 500, examples: [[[['b', 'a'], ['b'], ['b', 'c'], ['c', 'b'], [], ['b', 'a']]]] },
  );
});

test('sorts keys that follow one another in the same order once, and keeps nothing of the objects', () => {
  const order = new KeyOrder();
  const first = order.of({ b: 1, a: 2 });
  assert.equal(order.of({ b: 3, a: 4 }), first);
  const given = { b: 1, a: 2 } as Record<string, number>;
  order.of(given);
  given['0'] = 3;
  assert.deepEqual(order.of(given), ['0', 'a', 'b']);
});
