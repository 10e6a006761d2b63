import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashedLines } from './dashed-lines.ts';
import type { PanelPoint } from './panel-plot.ts';

const scale = { type: 'linear', domain: [0, 100], ticks: [], labels: [] } as const;
const line = (series: string, heights: readonly number[], column = 0): readonly PanelPoint[] =>
  heights.map((y, x) => ({ column, row: 0, series, x, y, low: y, high: y }));
const drawn = (...lines: readonly (readonly PanelPoint[])[]) =>
  dashedLines(lines.flat(), { scale, height: 200 }).map(({ points, dashes, offset }) => ({
    series: [...new Set(points.map(({ series }) => series))],
    dashes,
    offset,
  }));

test('lines apart are solid', () => {
  assert.deepEqual(drawn(line('a', [0, 10]), line('b', [0, 12])), [
    { series: ['a', 'b'], dashes: undefined, offset: undefined },
  ]);
});

test('lines on each other share the stroke: the dashes of one fill the gaps of the others', () => {
  const found = drawn(line('a', [0, 50, 60]), line('b', [0.2, 50, 60.3]), line('c', [0, 50]), line('d', [90, 90, 90]));
  assert.deepEqual(
    found.map(({ series }) => series),
    [['a'], ['b'], ['c'], ['d']],
  );
  const [dash, gap] = found[0]!.dashes!.split(' ').map(Number) as [number, number];
  assert.equal(gap, 2 * dash);
  assert.deepEqual(
    found.map(({ dashes, offset }) => dashes && -offset! / dash),
    [0, 1, 2, undefined],
  );
});

test('equal lines of different panels have nothing to do with each other', () => {
  const [only, ...others] = drawn(line('a', [0, 50]), line('b', [0, 50], 1));
  assert.equal(only?.dashes, undefined);
  assert.deepEqual(others, []);
});
