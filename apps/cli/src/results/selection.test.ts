import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findDeclaration } from '@natsweep/catalogue';
import { parseSweepSpec } from '@natsweep/sweep';

import { metricNames, parseSelection, parseSort } from './selection.ts';
import type { RecordedSweep } from './recorded-sweep.ts';

const declaration = findDeclaration('diagnostic')!;
const parsed = parseSweepSpec('{ name: s, experiment: diagnostic, axes: { point: [1, 2], busy: [true, false] } }', {
  file: 's.yaml',
  experiments: [declaration],
});
assert.ok(parsed.ok);
const sweep = { spec: parsed.spec, declaration } as RecordedSweep;

test('equalities take the types of the experiment', () => {
  assert.deepEqual(parseSelection(['point=2', 'busy = true', 'behaviour=finish'], sweep), {
    where: { point: 2, busy: true, behaviour: 'finish' },
  });
});

test('anything else is a condition for the database; all must hold', () => {
  assert.deepEqual(parseSelection(['point > 1 || value < 0.5', 'busy=true', 'group == 0'], sweep), {
    where: { busy: true },
    filter: '(point > 1 || value < 0.5) && (group == 0)',
  });
});

test('an equality that can match nothing is refused with what may have been meant', () => {
  const cases: readonly (readonly [condition: string, message: RegExp])[] = [
    ['poinnt=2', /^--where poinnt: did you mean point\?$/],
    ['point=x', /^--where point=x: expected a finite number, not "x"$/],
    ['behaviour=finnish', /did you mean finish\?$/],
    ['colour=red', /^--where colour: expected one of behaviour, share, /],
  ];
  for (const [condition, message] of cases) {
    assert.throws(() => parseSelection([condition], sweep), { name: 'CliError', exitCode: 2, message });
  }
});

test('sorting names metrics, parameters and columns, downwards with a minus', () => {
  assert.deepEqual(parseSort('-value', sweep), { orderBy: 'metrics.value', descending: true });
  assert.deepEqual(parseSort('point', sweep), { orderBy: 'params.point', descending: false });
  assert.deepEqual(parseSort('elapsedSeconds', sweep), { orderBy: 'elapsedSeconds', descending: false });
  assert.throws(() => parseSort('valeu', sweep), { message: '--sort valeu: did you mean value?' });
});

test('the objective is the first metric', () => {
  const withObjective = {
    ...sweep,
    spec: { ...sweep.spec, objective: { metric: 'value', goal: 'minimize' as const } },
  };
  assert.equal(metricNames(withObjective)[0], 'value');
});
