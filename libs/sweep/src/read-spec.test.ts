import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { specOf } from '../testing/parse.ts';
import { readSweepSpec, SweepSpecError } from './read-spec.ts';

const specs = [
  specOf('axes: { depth: [3, 4], width: { values: [256, 512], when: "depth > 3" } }\nwhere: "depth < 9"\n'),
  specOf(
    'axes: { damping: { min: 1.0e-6, max: 1, scale: log } }\nsearch: random\ntrials: 8\nobjective: { metric: trainLossFinal }\n',
  ),
];

function* withEachLeaf(value: unknown, substitute: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return yield substitute;
  for (const [key, part] of Object.entries(value)) {
    for (const other of withEachLeaf(part, substitute)) {
      yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    }
  }
}

test('a spec comes back from JSON as it was', () => {
  for (const spec of specs) assert.deepEqual(readSweepSpec(JSON.stringify(spec)), spec);
});

test('a spec with an object in the place of any of its values, or without one of them, is refused with its place', () => {
  for (const spec of specs) {
    for (const wrong of withEachLeaf(spec, {})) {
      assert.throws(() => readSweepSpec(JSON.stringify(wrong)), SweepSpecError, JSON.stringify(wrong));
    }
    for (const key of Object.keys(spec)) {
      const wrong = JSON.stringify({ ...spec, [key]: undefined });
      assert.throws(() => readSweepSpec(wrong), { name: 'SweepSpecError', message: new RegExp(key) });
    }
  }
});

test('more conditions or zips than a sweep file may have are refused', () => {
  const [spec] = specs;
  for (const wrong of [{ where: Array<string>(101).fill('depth > 1') }, { zip: Array<string[]>(101).fill([]) }]) {
    assert.throws(() => readSweepSpec(JSON.stringify({ ...spec, ...wrong })), new RegExp(Object.keys(wrong)[0]!));
  }
});

test('any text is a spec or refused (2,000 cases)', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.throws(() => readSweepSpec(text), SweepSpecError);
    }),
    { numRuns: 2000 },
  );
});
