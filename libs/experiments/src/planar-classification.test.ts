import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { planarClassification } from './planar-classification.ts';

const engine = createReferenceEngine();
const { declaration } = planarClassification;
type Given = Parameters<typeof declaration.parameters.parse>[0];

async function metricsOf(params: Given, seeds = [0, 1]) {
  const parsed = declaration.parameters.parse(params);
  const trials = seeds.map((seed) => ({ trialId: String(seed), params: parsed, seed }));
  const context = { engine, signal: new AbortController().signal, progress: () => {} };
  const results = [];
  for await (const result of planarClassification.run(trials, context)) results.push(result.metrics);
  return results;
}

test('EGD ends at the ℓ2, ℓ1 and axis-aligned separators for one, two and three layers', async () => {
  for (const [depth, metric] of [
    [1, 'angleToL2'],
    [2, 'angleToL1'],
    [3, 'angleToAxis'],
  ] as const)
    for (const metrics of await metricsOf({ depth, steps: 500, samples: 12 })) {
      assert.ok(metrics[metric]! < 0.5, `L = ${depth}: ${metrics[metric]} degrees`);
      assert.ok(metrics['angleToLimit']! < 0.5);
      assert.ok(metrics['smallestMargin']! > 100);
    }
});

test('NGD in small steps follows one path for every depth', async () => {
  const perDepth = await Promise.all(
    [1, 3].map((depth) => metricsOf({ method: 'ngd', depth, steps: 400, learningRate: 0.05, samples: 12 })),
  );
  for (const seed of [0, 1]) {
    const angles = perDepth.map((metrics) => metrics[seed]!['angle']!);
    assert.ok(Math.abs(angles[0]! - angles[1]!) < 0.5, `angles ${angles.join(', ')}`);
  }
});

test('NGD tends to the limit of Newton flow, which is no margin separator', async () => {
  const params = { method: 'ngd' as const, depth: 1, learningRate: 0.5, samples: 12 };
  const early = await metricsOf({ ...params, steps: 40 });
  const late = await metricsOf({ ...params, steps: 400 });
  for (const seed of [0, 1]) {
    const distances = [early, late].map((metrics) => metrics[seed]!['angleToLimit']!);
    // the distance falls as 1/t
    assert.ok(distances[1]! < 3 && distances[1]! < 0.3 * distances[0]!, `distances ${distances.join(', ')}`);
    assert.ok(late[seed]!['angleToL2']! > 3);
  }
});

test('step rules pass through the same direction at equal loss', async () => {
  const [curvature, constant] = await Promise.all([
    metricsOf({ depth: 2, steps: 200, samples: 12 }),
    metricsOf({ depth: 2, steps: 2500, samples: 12, stepRule: 'constant', learningRate: 0.3 }),
  ]);
  curvature.forEach((metrics, seed) => {
    const distance = Math.abs(metrics['angleAtLoss']! - constant[seed]!['angleAtLoss']!);
    assert.ok(distance < 0.5, `distance ${distance}`);
  });
});

test('combinations without a meaning are refused', () => {
  const refusal = (params: Given) => declaration.refuse?.(declaration.parameters.parse(params));
  assert.match(refusal({ method: 'ngf' })!, /samples ≤ dimension/);
  assert.match(refusal({ method: 'ngd-population' })!, /N\(0, I\)/);
  assert.equal(refusal({ method: 'ngd', depth: 3 }), undefined);
});
