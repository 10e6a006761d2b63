import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findDeclaration } from '@natsweep/catalogue';
import { parseSweepSpec, type SweepSpec } from '@natsweep/sweep';

import { specChanges, trialChanges } from './spec-diff.ts';

const declaration = findDeclaration('diagnostic')!;

function spec(text: string): SweepSpec {
  const parsed = parseSweepSpec(`name: s\nexperiment: diagnostic\n${text}`, {
    file: 's.yaml',
    experiments: [declaration],
  });
  assert.ok(parsed.ok);
  return parsed.spec;
}

const before = spec('axes: { point: [1, 2, 3], group: [0, 1] }\nfixed: { durationMs: 5 }\n');

test('a spec does not differ from itself', () => {
  assert.deepEqual(specChanges(before, before), []);
  assert.deepEqual(trialChanges(before, before, declaration), { before: 6, after: 6, kept: 6, exact: true });
});

test('values of axes are added and removed, other entries change', () => {
  const after = spec(
    'axes: { point: [2, 3, 4], busy: [true] }\nfixed: { durationMs: 5 }\nrepeats: 2\nlimits: { maxAttempts: 1 }\n',
  );
  assert.deepEqual(specChanges(before, after), [
    { place: 'axes.point', change: '+ 4  - 1' },
    { place: 'axes.group', change: '- 0, 1' },
    { place: 'axes.busy', change: '+ true' },
    { place: 'repeats', change: '1 → 2' },
    { place: 'limits.maxAttempts', change: '3 → 1' },
  ]);
});

test('trials that both versions plan are kept, wherever they stand in the grid', () => {
  const reordered = spec('axes: { group: [1, 0], point: [3, 2, 9] }\nfixed: { durationMs: 5 }\n');
  assert.deepEqual(trialChanges(before, reordered, declaration), { before: 6, after: 6, kept: 4, exact: true });
  const slower = spec('axes: { point: [1, 2, 3], group: [0, 1] }\nfixed: { durationMs: 6 }\n');
  assert.deepEqual(trialChanges(before, slower, declaration), { before: 6, after: 6, kept: 0, exact: true });
});

test('of two large grids a sample is compared, of a small and a large one every trial', () => {
  const large = (from: number) =>
    spec(
      `axes: { group: { range: { from: 0, to: 999 } }, point: { range: { from: ${from}, to: ${from + 999} } } }\nrepeats: 1000\n`,
    );
  const { before: size, after, kept, exact } = trialChanges(large(0), large(500), declaration);
  assert.deepEqual([size, after, exact], [1e9, 1e9, false]);
  assert.ok(Math.abs(kept / 5e8 - 1) < 0.01, `${kept} estimated, 500,000,000 are kept`);
  const few = spec('axes: { point: [999, 1000], group: [7] }\n');
  assert.deepEqual(trialChanges(few, large(0), declaration), { before: 2, after: 1e9, kept: 1, exact: true });
});

test('long lists of values are cut short', () => {
  const longer = spec('axes: { point: { range: { from: 1, to: 100 } }, group: [0, 1] }\nfixed: { durationMs: 5 }\n');
  assert.deepEqual(specChanges(before, longer), [
    { place: 'axes.point', change: '+ 4, 5, 6, 7, 8, 9, 10, 11, … (97 values)' },
  ]);
});
