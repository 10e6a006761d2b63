import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Observation } from '@natsweep/sweep';
import { recordHash } from './record-hash.ts';
import { hashVectors } from './testing/hash-vectors.ts';
import { syntheticRecord } from './testing/synthetic.ts';

const record = syntheticRecord('damping', 3) as Observation;
const hex = (changed: object = {}) => Buffer.from(recordHash({ ...record, ...changed } as Observation)).toString('hex');

for (const { title, record: known, text, values, hash } of hashVectors)
  test(`of ${title}: the hash of its canonical form written out by hand, for ever`, () => {
    assert.equal(createHash('sha256').update(text, 'utf8').update(values, 'hex').digest('hex'), hash);
    assert.equal(Buffer.from(recordHash(known)).toString('hex'), hash);
  });

test('does not depend on the place in a sweep, nor on the order of keys, nor on metrics that are null', () => {
  const reversed = (object: object) => Object.fromEntries(Object.entries(object).reverse());
  assert.equal(hex({ sweep: 'another', index: 99 }), hex());
  assert.equal(hex({ params: reversed(record.params), metrics: reversed(record.metrics) }), hex());
  assert.equal(hex({ attempt: reversed(record.attempt), engine: reversed(record.engine) }), hex());
  assert.equal(hex({ metrics: { ...record.metrics, absent: null } }), hex());
});

test('depends on everything that a record says', () => {
  const changes = [
    { trialId: 'other' },
    { seed: record.seed + 1 },
    { params: { ...record.params, depth: 99 } },
    { outcome: 'stopped' },
    { metrics: { ...record.metrics, trainLossFinal: record.metrics['trainLossFinal']! * (1 + 2 ** -52) } },
    { attempt: { ...record.attempt, attempt: 7 } },
    { engine: { ...record.engine, versions: { openblas: '0.3.22' } } },
    { traces: { ...record.traces, theory: [1, 0.5, 0.25 + 2 ** -54] } },
    { traces: { ...record.traces, theory: [1, 0.5, null] } },
    { traces: Object.fromEntries(Object.entries(record.traces).reverse()) },
  ];
  assert.equal(new Set([hex(), ...changes.map(hex)]).size, changes.length + 1);
});
