import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import type { Tensor } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { UnsupportedNetworkError } from '@natsweep/models';
import type { Linearisation } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import { blockDiagonal } from './block-diagonal.ts';
import { kfac } from './kfac.ts';
import { explicitGradient, explicitStep, layerResponses, parameterOwners } from './testing/explicit-metric.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;

/** (B* + ρI) ⊗ (A* + ρI) of one layer, over parameters (unit, input) with the bias as last input (eq. 20, S.95). */
function kroneckerBlock(
  at: Linearisation,
  layer: number,
  damping: number,
): (row: [number, number], column: [number, number]) => number {
  const { weightGain, biasGain } = at.network.layers[layer]!;
  const n = at.samples;
  const [h, delta] = [engine.read(at.activations[layer]!), engine.read(at.signals[layer]!)];
  const [inputs, units] = [at.activations[layer]!.shape[1]!, at.signals[layer]!.shape[1]!];
  const input = (sample: number, j: number) => (j < inputs ? weightGain * h[sample * inputs + j]! : biasGain);
  const average = (f: (sample: number) => number) =>
    Array.from({ length: n }, (_, s) => f(s)).reduce((a, b) => a + b) / n;
  const isOutput = layer === at.signals.length - 1;
  const b = (i: number, k: number) =>
    isOutput ? 1 / n : average((s) => delta[s * units + i]! * delta[s * units + k]!);
  const a = (j: number, m: number) => average((s) => input(s, j) * input(s, m));
  return ([i, j], [k, m]) => (b(i, k) + (i === k ? damping : 0)) * (a(j, m) + (j === m ? damping : 0));
}

function explicitMetric(at: Linearisation, damping: number): Tensor {
  const owners = parameterOwners(at);
  const seen = new Map<string, number>();
  const parameters = owners.map(({ layer, unit }) => {
    const key = `${layer}/${unit}`;
    const position = seen.get(key) ?? 0;
    seen.set(key, position + 1);
    return { layer, place: [unit, position] as [number, number] };
  });
  const blocks = at.signals.map((_, layer) => kroneckerBlock(at, layer, damping));
  const values = parameters.flatMap((row) =>
    parameters.map((column) => (row.layer === column.layer ? blocks[row.layer]!(row.place, column.place) : 0)),
  );
  return engine.tensor(values, [parameters.length, parameters.length]);
}

for (const biasVariance of [0, 0.4])
  test(`damped K-FAC is the explicit inverse of its Kronecker blocks (σ_b² = ${biasVariance})`, () => {
    const { at, residual } = smallNetwork(engine, { widths: [4, 5, 4, 1], samples: 3, biasVariance });
    const direction = kfac().direction(engine, at, residual, { damping: 0.07 });
    const expected = engine.solve(explicitMetric(at, 0.07), explicitGradient(engine, at, residual));
    assertClose(engine.read(explicitStep(engine, at, direction)), engine.read(expected), factorised);
  });

test('every layer responds with N times the residual: α = NL, with and without biases', () => {
  for (const biasVariance of [0, 0.4]) {
    const { at, residual } = smallNetwork(engine, { widths: [6, 7, 7, 1], samples: 4, biasVariance });
    const direction = kfac().direction(engine, at, residual, { damping: 0 });
    const expected = engine.read(residual).map((value) => 4 * value);
    for (const part of layerResponses(engine, at, direction)) assertClose(part, expected, factorised);
  }
});

test('with M0 < N the first layer responds with N times the leverage scores (S.109)', () => {
  const { at, inputs, residual } = smallNetwork(engine, { widths: [3, 9, 9, 1], samples: 5, biasVariance: 0 });
  const direction = kfac().direction(engine, at, residual, { damping: 0 });
  assert.equal(direction.statistics.method, 'eigendecomposition');
  const gram = engine.matmul(inputs, inputs, { transposeA: true });
  const leverage = engine.read(engine.diagonal(engine.matmul(inputs, engine.solve(gram, engine.transpose(inputs)))));
  const g = engine.read(residual);
  const [first, ...others] = layerResponses(engine, at, direction);
  assertClose(
    first!,
    g.map((value, n) => 5 * leverage[n]! * value),
    factorised,
  );
  for (const part of others)
    assertClose(
      part,
      g.map((value) => 5 * value),
      factorised,
    );
});

test('on one datum K-FAC is the block-diagonal Fisher matrix', () => {
  const { at, residual } = smallNetwork(engine, { widths: [4, 5, 5, 1], samples: 1 });
  const step = (rule: ReturnType<typeof kfac>) =>
    engine.read(explicitStep(engine, at, rule.direction(engine, at, residual, { damping: 0 })));
  assertClose(step(kfac()), step(blockDiagonal()), factorised);
});

test('more than one output is refused', () => {
  const { at, residual } = smallNetwork(engine, { widths: [4, 5, 2], samples: 2 });
  assert.throws(() => kfac().direction(engine, at, residual, { damping: 0 }), UnsupportedNetworkError);
});
