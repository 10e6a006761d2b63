import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisValues } from './axis-values.ts';

test('spaced axes hit the decimal numbers a reader expects', () => {
  assert.deepEqual(axisValues({ linspace: [0, 1, 11] }, false), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  assert.deepEqual(axisValues({ linspace: [-0.3, 0.3, 7] }, false), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  assert.deepEqual(
    axisValues({ logspace: [1e-12, 1, 13] }, false),
    [1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1],
  );
  assert.deepEqual(axisValues({ range: { from: 0.1, to: 0.5, step: 0.1 } }, false), [0.1, 0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(axisValues({ range: { from: 2, to: 7, step: 2 } }, true), [2, 4, 6]);
});

test('both ends are kept to the last bit, and whole-number parameters get whole numbers', () => {
  assert.deepEqual(axisValues({ logspace: [64, 4096, 7] }, true), [64, 128, 256, 512, 1024, 2048, 4096]);
  assert.deepEqual(axisValues({ logspace: [10, 1000, 4] }, true), [10, 46, 215, 1000]);
  const [first, last] = [1 / 3, 2 / 3];
  assert.deepEqual(axisValues({ linspace: [first, last, 2] }, false), [first, last]);
});

test('a range too long to be meant is refused, a backward one is empty', () => {
  assert.throws(() => axisValues({ range: { from: 0, to: 1e12 } }, false), RangeError);
  assert.deepEqual(axisValues({ range: { from: 2, to: 1 } }, true), []);
});
