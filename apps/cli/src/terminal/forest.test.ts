import assert from 'node:assert/strict';
import { test } from 'node:test';

import { renderForest } from './forest.ts';

const options = { neutral: 0, scale: 'linear', width: 27, format: String } as const;

test('an estimate stands on its interval, the neutral value runs through all rows, the ends are written below', () => {
  const rows = [
    { label: 'exact', estimate: -10, interval: [-20, 0] as const },
    { label: 'kfac', estimate: 15, interval: [10, 20] as const },
    { label: 'gd', estimate: 5, interval: null },
  ];
  assert.deepEqual(renderForest(rows, { ...options, width: 48 }), [
    'exact  ├─────────●─────────┤',
    'kfac                       │         ├────●────┤',
    'gd                         │    ●',
    '       -20                 0                  20',
  ]);
});

test('ratios lie on a log scale: a tenth is as far to the left as ten times to the right', () => {
  const row = (estimate: number) => ({ label: '', estimate, interval: null });
  const [low, high] = renderForest([row(0.1), row(10)], { ...options, neutral: 1, scale: 'log', width: 43 });
  const [line, left, right] = [low!.indexOf('│'), low!.indexOf('●'), high!.indexOf('●')];
  assert.equal(right - line, line - left);
});

test('where everything is equal there is still a plot', () => {
  const [line] = renderForest([{ label: 'a', estimate: 0, interval: [0, 0] }], options);
  assert.match(line!, /●/);
});
