import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { exampleExperiment } from '../testing/example-experiment.ts';
import { largeSweeps } from '../testing/large-sweeps.ts';
import { specOf } from '../testing/parse.ts';
import type { ExperimentContract } from './contract.ts';
import { createGrid } from './grid.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The example experiment, and how many points it was asked about. */
function countingExperiment(): { readonly experiment: ExperimentContract; readonly asked: () => number } {
  let asked = 0;
  const refuse = (params: never) => {
    asked++;
    return exampleExperiment.refuse!(params);
  };
  return { experiment: { ...exampleExperiment, refuse }, asked: () => asked };
}

for (const [shape, body] of Object.entries(largeSweeps)) {
  test(`invariant 1: 10^9 trials cost no more than 10^3: ${shape}`, () => {
    const { experiment, asked } = countingExperiment();
    const before = heldBytes();
    const spec = specOf(body, { experiments: [experiment] });
    const grid = createGrid(spec, experiment);
    const held = heldBytes() - before;
    assert.ok(grid.size > 0.9e9 && grid.size < 3e9, `${grid.size} trials`);
    assert.ok(held < 60 * 2 ** 20, `${(held / 2 ** 20).toFixed()} MiB held`);
    assert.ok(asked() <= 100_000, `${asked()} points looked at before the sweep is accepted`);
    const places = [0, 1, 2, 123_456_789, grid.size - 1];
    const trials = places.map((index) => grid.trial(index));
    assert.equal(new Set(trials.map(({ trialId }) => trialId)).size, places.length);
    assert.deepEqual(
      trials.map((trial) => grid.locate(trial)),
      places,
    );
    assert.throws(() => grid.trial(grid.size), RangeError);
    assert.throws(() => grid.trial(0.5), RangeError);
  });
}
