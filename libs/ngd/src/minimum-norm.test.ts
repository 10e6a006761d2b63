/**
 * Where the linearised network ends up (Karakida & Osawa 2020, B.4): natural gradient descent from θ = 0 converges to
 * θ_∞ = G⁻¹Jᵀy/(Nα), the minimiser of ‖y − Jθ‖²/(2N) + (λ/2) θᵀGθ as λ → 0, and G⁻¹Jᵀy/(N(λ + α)) minimises it for any λ.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import type { Tensor } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { blockTridiagonalCoupling, defaultKfacForm, explicitJacobian } from '@natsweep/models';
import type { DescentRule } from '@natsweep/models';
import { explicitKfacMetric, smallNetwork } from '@natsweep/models/testing';
import { blockDiagonal } from './block-diagonal.ts';
import { blockTridiagonal } from './block-tridiagonal.ts';
import { exact } from './exact.ts';
import { kfac } from './kfac.ts';
import { layerWise } from './layer-wise.ts';
import { explicitStep, maskedFisher, parameterOwners } from './testing/explicit-metric.ts';
import { unitWise } from './unit-wise.ts';

const engine = createReferenceEngine();
const samples = 4;
// hidden units as many as samples, so that every layer's kernel is regular
const { at, residual: targets } = smallNetwork(engine, { widths: [5, 5, 5, 1], samples });
const jacobian = engine.binary('multiply', 1 / Math.sqrt(samples), explicitJacobian(engine, at));
const owners = parameterOwners(at);
const coupling = [
  [2, 0.5, -0.3],
  [0.5, 1, 0.2],
  [-0.3, 0.2, 1.5],
];
const sumOfInverse = (matrix: readonly (readonly number[])[]): number => {
  const ones = engine.full([matrix.length, 1], 1);
  const solution = engine.solve(engine.tensor(matrix.flat(), [matrix.length, matrix.length]), ones);
  return engine.read(solution).reduce((sum, value) => sum + value, 0);
};

interface Metric {
  readonly rule: DescentRule;
  readonly alpha: number;
  readonly metric: () => Tensor;
}

const layers = (weight: (i: number, j: number) => number) => () =>
  maskedFisher(engine, at, (p, q) => weight(owners[p]!.layer, owners[q]!.layer));

const metrics: readonly Metric[] = [
  { rule: exact(), alpha: 1, metric: layers(() => 1) },
  { rule: blockDiagonal(), alpha: 3, metric: layers((i, j) => Number(i === j)) },
  { rule: layerWise(coupling), alpha: sumOfInverse(coupling), metric: layers((i, j) => coupling[i]![j]!) },
  {
    rule: kfac(),
    alpha: 3 * samples,
    metric: () => explicitKfacMetric(engine, at, { damping: 0, form: defaultKfacForm }),
  },
  {
    rule: unitWise(),
    alpha: 5 + 5 + 1,
    metric: () =>
      maskedFisher(engine, at, (p, q) =>
        Number(owners[p]!.layer === owners[q]!.layer && owners[p]!.unit === owners[q]!.unit),
      ),
  },
];

/** √λ G^{1/2}, without the null directions of G. */
function penalty(metric: Tensor, lambda: number): Tensor {
  const { values, vectors } = engine.eigh(metric);
  const eigenvalues = engine.read(values);
  const cutoff = 1e-11 * eigenvalues.at(-1)!;
  const roots = eigenvalues.map((value) => (value > cutoff ? Math.sqrt(lambda * value) : 0));
  return engine.transpose(engine.binary('multiply', vectors, engine.tensor(roots, [1, roots.length])));
}

/** The minimiser of least norm, by singular values of [J/√N; √λ G^{1/2}]. */
function minimiser(metric: Tensor, lambda: number): Float64Array {
  const stacked = engine.concat([jacobian, penalty(metric, lambda)], 0);
  const rhs = engine.concat(
    [
      engine.binary('multiply', 1 / Math.sqrt(samples), engine.reshape(targets, [samples, 1])),
      engine.full([metric.shape[0]!, 1], 0),
    ],
    0,
  );
  return engine.read(engine.leastSquares(stacked, rhs, { rcond: 1e-9 }).solution);
}

const converged = (rule: DescentRule): Float64Array =>
  engine.read(explicitStep(engine, at, rule.direction(engine, at, targets, { damping: 0 })));

for (const { rule, alpha, metric } of metrics)
  test(`${rule.name}: G⁻¹Jᵀy/N/(λ + α) is the minimiser of the penalised error (S.125-S.127)`, () => {
    for (const lambda of [1, 0.01]) {
      const expected = minimiser(metric(), lambda);
      const actual = converged(rule).map((value) => value / (lambda + alpha));
      const scale = Math.hypot(...expected);
      assertClose(
        actual.map((value) => value / scale),
        expected.map((value) => value / scale),
        { rtol: 0, atol: 1e-7 },
      );
    }
  });

test('block-tridiagonal: it is stationary, but no minimum, for the metric is indefinite and defines no norm', () => {
  const lambda = 0.01;
  const tridiagonal = blockTridiagonalCoupling(3);
  const hessian = engine.binary(
    'add',
    engine.matmul(jacobian, jacobian, { transposeA: true }),
    engine.binary('multiply', lambda, layers((i, j) => tridiagonal[i]![j]!)()),
  );
  const theta = converged(blockTridiagonal()).map((value) => value / (lambda + 1));
  const slope = engine.matmul(hessian, engine.tensor(theta, [theta.length, 1]));
  const expected = engine.matmul(jacobian, engine.reshape(targets, [samples, 1]), {
    transposeA: true,
    scale: 1 / Math.sqrt(samples),
  });
  assertClose(engine.read(slope), engine.read(expected), { rtol: 1e-8, atol: 1e-9 });
  assert.ok(engine.read(engine.eigh(hessian).values)[0]! < -1e-3);
});
