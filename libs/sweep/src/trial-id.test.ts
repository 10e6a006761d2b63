import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { trialId } from './trial-id.ts';

const vectors: readonly [Parameters<typeof trialId>[0], string][] = [
  [
    { experiment: 'wide-training', version: 1, params: { width: 256, depth: 3, damping: 1e-6 }, seed: 0 },
    '{"experiment":"wide-training","params":{"damping":0.000001,"depth":3,"width":256},"seed":0,"version":1}',
  ],
  [
    { experiment: 'x', version: 2, params: { b: true, a: 'é "', '': 1e21, Z: -0.5 }, seed: 41 },
    '{"experiment":"x","params":{"":1e+21,"Z":-0.5,"a":"é \\"","b":true},"seed":41,"version":2}',
  ],
  [
    {
      experiment: 'y',
      version: 1,
      params: Object.fromEntries([
        ['b', 0],
        ['__proto__', 1],
        ['a', 2],
      ]),
      seed: 0,
    },
    '{"experiment":"y","params":{"__proto__":1,"a":2,"b":0},"seed":0,"version":1}',
  ],
];

test('an id is the hash of canonical JSON written out by hand', () => {
  for (const [identity, canonical] of vectors) {
    assert.equal(trialId(identity), `t${createHash('sha256').update(canonical, 'utf8').digest('hex').slice(0, 32)}`);
  }
});

test('ids recorded in databases stay valid: fixed vectors', () => {
  assert.deepEqual(
    vectors.map(([identity]) => trialId(identity)),
    ['td575a5ae172bc391d203534cb9a5d0fb', 't8ae952c2eb469368acdb0c60b3c9f0ca', 'tcea87e95166c9bdac4fbefeb32b0ee4f'],
  );
});

test('an id does not depend on the order of parameters and does depend on everything else', () => {
  const name = fc.oneof(fc.string(), fc.constant('__proto__'));
  const params = fc.dictionary(name, fc.oneof(fc.integer(), fc.string(), fc.boolean()), { minKeys: 1 });
  fc.assert(
    fc.property(params, fc.nat(), (values, seed) => {
      const identity = { experiment: 'e', version: 1, params: values, seed };
      const id = trialId(identity);
      const reversed = Object.fromEntries(Object.entries(values).reverse());
      assert.equal(trialId({ ...identity, params: reversed }), id);
      assert.match(id, /^t[0-9a-f]{32}$/);
      assert.notEqual(trialId({ ...identity, seed: seed + 1 }), id);
      assert.notEqual(trialId({ ...identity, version: 2 }), id);
      assert.notEqual(trialId({ ...identity, experiment: 'f' }), id);
      assert.notEqual(trialId({ ...identity, params: { ...values, 'one more': 1 } }), id);
      for (const left of Object.keys(values)) {
        const { [left]: _, ...others } = values;
        assert.notEqual(trialId({ ...identity, params: others }), id);
      }
    }),
  );
});
