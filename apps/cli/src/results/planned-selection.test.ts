import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findDeclaration } from '@natsweep/catalogue';
import { createGrid, parseSweepSpec, type Trial } from '@natsweep/sweep';

import { selectPlanned } from './planned-selection.ts';
import type { RecordedSweep } from './recorded-sweep.ts';

const declaration = findDeclaration('diagnostic')!;

function sweepOf(body: string): { readonly sweep: RecordedSweep; readonly trials: () => readonly Trial[] } {
  const text = `name: s\nexperiment: diagnostic\n${body}`;
  const parsed = parseSweepSpec(text, { file: 's.yaml', experiments: [declaration] });
  assert.ok(parsed.ok);
  const grid = createGrid(parsed.spec, declaration);
  const sweep = { stored: { name: 's' }, spec: parsed.spec, declaration } as RecordedSweep;
  return { sweep, trials: () => Array.from({ length: grid.size }, (_, index) => grid.trial(index)) };
}

const ascending = (indices: Iterable<number>) => [...indices].sort((a, b) => a - b);

for (const [kind, body] of [
  ['a grid', 'order: shuffled'],
  ['random points', 'search: random\ntrials: 40'],
  ['Sobol points', 'search: sobol\ntrials: 40'],
]) {
  test(`of ${kind}, the trials that meet all conditions are selected, each once`, () => {
    const axes = 'axes: { point: [1, 2, 3, 4], group: [0, 1, 2, 3, 4], behaviour: [finish, throw, hang] }';
    const { sweep, trials } = sweepOf(`${axes}\nwhere: "point != group"\nrepeats: 3\n${body}\n`);
    const cases: readonly (readonly [readonly string[], (trial: Trial) => boolean])[] = [
      [[], () => true],
      [['behaviour=throw'], ({ params }) => params['behaviour'] === 'throw'],
      [['group=2', 'point > 1'], ({ params }) => params['group'] === 2 && Number(params['point']) > 1],
      [
        ["point + group < 4 || behaviour == 'hang'"],
        ({ params }) => Number(params['point']) + Number(params['group']) < 4 || params['behaviour'] === 'hang',
      ],
      [['durationMs=5'], () => false],
    ];
    for (const [where, matches] of cases) {
      const expected = trials()
        .filter(matches)
        .map(({ index }) => index);
      assert.deepEqual(ascending(selectPlanned(sweep, { where, ids: [] })), expected, where.join(' and '));
    }
    const wanted = trials()[17]!;
    assert.deepEqual([...selectPlanned(sweep, { where: [], ids: [wanted.trialId.slice(0, 12)] })], [17]);
    assert.deepEqual([...selectPlanned(sweep, { where: [], ids: [wanted.trialId] })], [17]);
  });
}

test('of 10^9 trials none is looked at but those that match, and none after the last that is wanted', () => {
  const { sweep } = sweepOf(
    'axes: { point: { range: { from: 1, to: 100000 } }, group: { range: { from: 1, to: 1000 } } }\nrepeats: 10\n',
  );
  let mostLooked = 0;
  const onProgress = (looked: number) => void (mostLooked = Math.max(mostLooked, looked));
  const where = ['group == 3 && point % 1000 == 1'];
  assert.equal([...selectPlanned(sweep, { where, ids: [], onProgress })].length, 1000);
  const grid = createGrid(sweep.spec, declaration);
  assert.deepEqual([...selectPlanned(sweep, { where: [], ids: [grid.trial(1234).trialId], onProgress })], [1234]);
  assert.equal(mostLooked, 0, 'fewer than the 100,000 after which progress is told');
});

test('a condition that cannot be is refused with the nearest name', () => {
  const { sweep } = sweepOf('axes: { point: [1, 2] }\n');
  const select = (condition: string) => [...selectPlanned(sweep, { where: [condition], ids: [] })];
  assert.throws(() => select('pont > 1'), /--where pont > 1: .*did you mean point\?/);
  assert.throws(() => select('behaviour=hangg'), /did you mean hang\?/);
  assert.throws(() => select('point >'), /--where point >: not an expression/);
});
