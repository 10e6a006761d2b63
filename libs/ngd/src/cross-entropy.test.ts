import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { blockTridiagonalCoupling, explicitJacobian, softmax, whitenOutputs } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import { blockDiagonal } from './block-diagonal.ts';
import { blockTridiagonal } from './block-tridiagonal.ts';
import { exact } from './exact.ts';
import { explicitStep, layerResponses, parameterOwners } from './testing/explicit-metric.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;
const { at } = smallNetwork(engine, { widths: [4, 5, 5, 3], samples: 3 });
const targets = engine.tensor([1, 0, 0, 0, 0, 1, 0, 1, 0], [3, 3]);
const [damping, outputDamping] = [0.02, 0.1];
const probabilities = engine.read(softmax(engine, at.outputs));
const error = probabilities.map((value, i) => value - engine.read(targets)[i]!);

const couplings = {
  exact: () => 1,
  'block-diagonal': (i: number, j: number) => Number(i === j),
  'block-tridiagonal': (i: number, j: number) => blockTridiagonalCoupling(3)[i]![j]!,
};

for (const rule of [exact(), blockDiagonal(), blockTridiagonal()])
  test(`${rule.name} on whitened outputs is the explicit inverse of the doubly damped metric of the cross-entropy (S.164)`, () => {
    const whitened = whitenOutputs(engine, at, targets, outputDamping);
    const direction = rule.direction(engine, whitened.at, whitened.residual, { damping });
    const j = explicitJacobian(engine, at);
    const p = j.shape[1]!;
    const lambda = Float64Array.from({ length: 81 }, (_, index) => {
      const [i, k] = [Math.floor(index / 9), index % 9];
      if (Math.floor(i / 3) !== Math.floor(k / 3)) return 0;
      return (i === k ? probabilities[i]! + outputDamping : 0) - probabilities[i]! * probabilities[k]!;
    });
    const fisher = engine.matmul(j, engine.matmul(engine.tensor(lambda, [9, 9]), j), { transposeA: true });
    const owners = parameterOwners(at);
    const mask = Float64Array.from({ length: p * p }, (_, index) =>
      couplings[rule.name as keyof typeof couplings](owners[Math.floor(index / p)]!.layer, owners[index % p]!.layer),
    );
    const metric = engine.binary(
      'add',
      engine.binary('multiply', engine.tensor(mask, [p, p]), engine.binary('multiply', 1 / 3, fisher)),
      engine.binary('multiply', damping, engine.eye(p)),
    );
    const gradient = engine.binary(
      'multiply',
      1 / 3,
      engine.matmul(j, engine.tensor(error, [9, 1]), { transposeA: true }),
    );
    assertClose(
      engine.read(explicitStep(engine, at, direction)),
      engine.read(engine.solve(metric, gradient)),
      factorised,
    );
  });

test('at ρ = 0 the outputs move by Λ̃⁻¹(σ − y) in every layer of block-diagonal', () => {
  const whitened = whitenOutputs(engine, at, targets, outputDamping);
  const direction = blockDiagonal().direction(engine, whitened.at, whitened.residual, { damping: 0 });
  const expected = [0, 3, 6].flatMap((offset) => {
    const p = probabilities.subarray(offset, offset + 3);
    const lambda = [0, 1, 2].flatMap((i) =>
      [0, 1, 2].map((k) => (i === k ? p[i]! + outputDamping : 0) - p[i]! * p[k]!),
    );
    return [
      ...engine.read(
        engine.solve(engine.tensor(lambda, [3, 3]), engine.tensor(error.subarray(offset, offset + 3), [3, 1])),
      ),
    ];
  });
  for (const part of layerResponses(engine, at, direction)) assertClose(part, expected, { rtol: 1e-7, atol: 1e-7 });
});
