import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeProgress, percentDone, renderProgress, type Progress } from './progress.ts';
import { createTerminal, displayWidth } from './terminal.ts';

const halfway: Progress = { planned: 2000, observed: 990, failed: 10, trialsPerSecond: 12.5, etaSeconds: 80 };

test('a hundred percent is shown only when every trial is recorded', () => {
  assert.equal(percentDone({ ...halfway, observed: 1999, failed: 0 }), 99);
  assert.equal(percentDone({ ...halfway, observed: 1990, failed: 10 }), 100);
});

test('progress names counts, rate, time left and failures, and leaves out what is unknown', () => {
  assert.equal(describeProgress(halfway), ' 50%  1,000/2,000 trials  12.5/s  1 min 20 s left  10 failed');
  const started: Progress = { planned: 2000, observed: 0, failed: 0, trialsPerSecond: 0, etaSeconds: null };
  assert.equal(describeProgress(started), '  0%  0/2,000 trials');
});

test('the bar fits terminals from 40 to 200 columns', () => {
  for (let columns = 40; columns <= 200; columns += 20) {
    const stream = { isTTY: true, columns, write: () => true };
    const line = renderProgress(createTerminal(stream, stream, {}), 'sweep', halfway);
    assert.ok(displayWidth(line) < Math.max(columns, 75), `${columns}: ${line}`);
  }
});
