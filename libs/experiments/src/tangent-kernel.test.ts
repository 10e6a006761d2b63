import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { tangentKernel } from './tangent-kernel.ts';

const engine = createReferenceEngine();
const { declaration } = tangentKernel;

async function panelOf(params: Parameters<typeof declaration.parameters.parse>[0]) {
  const trials = [{ trialId: 'one', params: declaration.parameters.parse(params), seed: 2 }];
  const context = { engine, signal: new AbortController().signal, progress: () => {} };
  for await (const { metrics, traces } of tangentKernel.run(trials, context))
    return { metrics, panel: traces['panel']! };
  throw new Error('no result');
}

test('one factor moves one entry, under every method', async () => {
  for (const method of ['egf', 'egd', 'ngf', 'ngd'] as const) {
    const { panel } = await panelOf({ method, depth: 1, size: 5 });
    assertClose(
      panel,
      Float64Array.from({ length: 25 }, (_, i) => (i === 12 ? 1 : 0)),
    );
  }
});

test('the Euclidean panel is a cross for two factors and full for three', async () => {
  const two = await panelOf({ method: 'egf', depth: 2, size: 5 });
  assert.equal(two.metrics['fieldShare'], 0);
  assert.ok(two.metrics['crossShare']! > 0.05);
  const three = await panelOf({ method: 'egf', depth: 3, size: 5 });
  assert.ok(Array.from(three.panel).every((value) => value !== 0));
});

test('the natural panel is the identity, and that of a finite step tends to it as η → 0', async () => {
  for (const depth of [2, 3]) {
    const flow = await panelOf({ method: 'ngf', depth, size: 5 });
    assert.ok(flow.metrics['identityDistance']! < 1e-8);
    const distances = [];
    for (const learningRate of [1e-2, 1e-3])
      distances.push((await panelOf({ method: 'ngd', depth, size: 5, learningRate })).metrics['identityDistance']!);
    assertClose(distances[0]! / distances[1]!, 10, { rtol: 0.2, atol: 0 });
  }
});

test('natural panels say how well their system was solved, Euclidean ones solve none', async () => {
  for (const method of ['ngf', 'ngd'] as const) {
    const { metrics } = await panelOf({ method, depth: 3, size: 5 });
    assert.ok(metrics['solveResidual']! < 1e-8, `${method} ${metrics['solveResidual']}`);
  }
  const flow = await panelOf({ method: 'ngf', depth: 3, size: 5 });
  // to first order the panel misses the identity by what the solution misses the system
  assertClose(flow.metrics['solveResidual']!, flow.metrics['identityDistance']!, { rtol: 1e-6, atol: 1e-15 });
  for (const method of ['egf', 'egd'] as const)
    assert.ok(Number.isNaN((await panelOf({ method, depth: 3, size: 5 })).metrics['solveResidual']));
});

test('finite Euclidean panels tend to the flow’s as η → 0', async () => {
  const flow = await panelOf({ method: 'egf', depth: 3, size: 5 });
  const step = await panelOf({ method: 'egd', depth: 3, size: 5, learningRate: 1e-6 });
  assertClose(step.panel, flow.panel, { rtol: 1e-4, atol: 1e-5 });
});
