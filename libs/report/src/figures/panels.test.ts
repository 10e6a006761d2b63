import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOutPanels, MAX_PANELS, omittedSentence } from './panels.ts';

const items = (...params: readonly Record<string, string | number>[]) => params.map((own) => ({ params: own }));

test('a full product stands in columns of its last parameter; anything else is wrapped', () => {
  const product = items(...[3, 4].flatMap((depth) => [64, 128, 256].map((width) => ({ depth, width }))));
  const { columns, rows, panels } = layOutPanels(product, ['depth', 'width']);
  assert.deepEqual([columns, rows], [3, 2]);
  assert.deepEqual([panels[4]!.column, panels[4]!.row, panels[4]!.title], [1, 1, 'depth 4 · width 128']);
  const { columns: wrapped, rows: lines } = layOutPanels(product.slice(1), ['depth', 'width']);
  assert.deepEqual([wrapped, lines], [4, 2]);
});

test('titles are broken at the same parameter in every panel', () => {
  const methods = items({ method: 'egd', rule: 'a' }, { method: 'ngd', rule: 'a-rule-with-a-long-name' });
  assert.deepEqual(
    layOutPanels(methods, ['method', 'rule']).panels.map(({ title }) => title),
    ['method egd\nrule a', 'method ngd\nrule a-rule-with-a-long-name'],
  );
});

test('a parameter that a panel does not have is not in its title', () => {
  const panels = items({ method: 'egd', fisher: 'x' }, { method: 'ngd', fisher: 'x' }, { method: 'ngd', fisher: 'y' });
  const isNamed = (panel: Readonly<Record<string, unknown>>, parameter: string) =>
    parameter !== 'fisher' || panel['method'] === 'ngd';
  assert.deepEqual(
    layOutPanels(panels, ['method', 'fisher'], isNamed).panels.map(({ title }) => title),
    ['method egd', 'method ngd · fisher x', 'method ngd · fisher y'],
  );
});

test('more panels than anyone reads are counted instead', () => {
  const layout = layOutPanels(items(...Array.from({ length: 30 }, (_, depth) => ({ depth }))), ['depth']);
  assert.equal(layout.panels.length, MAX_PANELS);
  assert.equal(omittedSentence(layout), '6 further panels are not shown.');
});
