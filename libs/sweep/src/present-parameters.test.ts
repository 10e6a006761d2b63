import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleExperiment } from '../testing/example-experiment.ts';
import { specOf } from '../testing/parse.ts';
import { createGrid } from './grid.ts';
import { presentParameters } from './present-parameters.ts';

test('a parameter is left out exactly where its axis is absent', () => {
  const spec = specOf(`axes:
  depth: [3, 4]
  damping: { values: [0.1, 0.2], when: "depth == 4" }
`);
  const grid = createGrid(spec, exampleExperiment);
  const present = presentParameters(spec, exampleExperiment);
  const seen = Array.from({ length: grid.size }, (_, i) => {
    const { params } = grid.trial(i);
    const kept = present(params);
    assert.deepEqual({ ...params, ...kept }, params);
    assert.equal(Object.keys(params).length - Object.keys(kept).length, params['depth'] === 4 ? 0 : 1);
    return [kept['depth'], kept['damping']];
  });
  const inOrder = (a: readonly unknown[], b: readonly unknown[]) => String(a).localeCompare(String(b));
  assert.deepEqual(
    seen.sort(inOrder),
    [
      [3, undefined],
      [4, 0.1],
      [4, 0.2],
    ].sort(inOrder),
  );
});

test('without conditional axes the parameters are the same object', () => {
  const spec = specOf('axes: { depth: [3, 4] }');
  const { params } = createGrid(spec, exampleExperiment).trial(0);
  assert.equal(presentParameters(spec, exampleExperiment)(params), params);
});

test('zipped axes are left out together', () => {
  const spec = specOf(`axes:
  depth: [3, 4]
  damping: { values: [0.1, 0.2], when: "depth == 4" }
  width: { values: [8, 16], when: "depth == 4" }
zip: [[damping, width]]
`);
  const grid = createGrid(spec, exampleExperiment);
  const present = presentParameters(spec, exampleExperiment);
  const seen = Array.from({ length: grid.size }, (_, i) => {
    const { depth, damping, width } = present(grid.trial(i).params);
    return [depth, damping, width];
  });
  assert.deepEqual(seen.map(String).sort(), ['3,,', '4,0.1,8', '4,0.2,16']);
});
