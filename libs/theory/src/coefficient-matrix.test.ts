import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import type { Tensor } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { explicitJacobian, linearise, parameterLayout } from '@natsweep/models';
import type { Linearisation } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import { coefficientMatrix } from './coefficient-matrix.ts';
import { isotropyConstant } from './isotropy.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;
const { at, inputs } = smallNetwork(engine, { widths: [6, 7, 7, 1], samples: 4 });
const rows = linearise(engine, at.network, engine.slice(inputs, [[1, 3]]));

/** J(x′)(F ⊙ mask + ρI)⁻¹J(x)ᵀ/N with the P × P metric written out. */
function explicitCoefficient(left: Linearisation, mask: (i: Owner, j: Owner) => number, damping: number): Tensor {
  const owners = parameterLayout(at.network.architecture).flatMap(({ weights, biases }, layer): Owner[] => [
    ...Array.from({ length: weights[1] - weights[0] }, (_, i) => ({
      layer,
      unit: Math.floor(i / at.network.architecture.widths[layer]!),
    })),
    ...Array.from({ length: biases[1] - biases[0] }, (_, unit) => ({ layer, unit })),
  ]);
  const p = owners.length;
  const weights = engine.tensor(
    owners.flatMap((i) => owners.map((j) => mask(i, j))),
    [p, p],
  );
  const j = explicitJacobian(engine, at);
  const fisher = engine.binary('multiply', 1 / at.samples, engine.matmul(j, j, { transposeA: true }));
  const metric = engine.binary(
    'add',
    engine.binary('multiply', weights, fisher),
    engine.binary('multiply', damping, engine.eye(p)),
  );
  const product = engine.matmul(explicitJacobian(engine, left), engine.solve(metric, engine.transpose(j)));
  return engine.binary('multiply', 1 / at.samples, product);
}

interface Owner {
  readonly layer: number;
  readonly unit: number;
}

const masks = {
  exact: () => 1,
  'block-diagonal': (i: Owner, j: Owner) => Number(i.layer === j.layer),
  'block-tridiagonal': (i: Owner, j: Owner) => Number(Math.abs(i.layer - j.layer) <= 1),
  'unit-wise': (i: Owner, j: Owner) => Number(i.layer === j.layer && i.unit === j.unit),
} as const;

for (const approximation of ['exact', 'block-diagonal', 'block-tridiagonal', 'unit-wise'] as const)
  test(`Θ̄(x′, x) of ${approximation} is J(x′)G⁻¹Jᵀ/N of the explicit metric`, () => {
    for (const [left, label] of [
      [at, 'train'],
      [rows, 'test'],
    ] as const) {
      const actual = coefficientMatrix(engine, approximation, { rows: left, columns: at }, 0.05);
      const expected = explicitCoefficient(left, masks[approximation], 0.05);
      assertClose(engine.read(actual), engine.read(expected), factorised);
      if (label === 'train') assertClose(engine.read(actual), engine.read(engine.transpose(actual)), factorised);
    }
  });

test('Θ̄ of diagonal is J(diag F + ρ)⁻¹Jᵀ/N, of quasi-diagonal the same with F_0iF_0j/F_00 within units', () => {
  const damping = 0.01;
  const j = explicitJacobian(engine, at);
  const p = j.shape[1]!;
  const fisher = engine.read(engine.binary('multiply', 1 / at.samples, engine.matmul(j, j, { transposeA: true })));
  const f = (a: number, b: number) => fisher[a * p + b]! + (a === b ? damping : 0);
  // in θ a unit's weights are W_l's row and its bias follows after all of W_l
  const owner = parameterLayout(at.network.architecture).flatMap(({ weights, biases }, layer) => {
    const inputs = at.network.architecture.widths[layer]!;
    return [
      ...Array.from({ length: weights[1] - weights[0] }, (_, i) => biases[0] + Math.floor(i / inputs)),
      ...Array.from({ length: biases[1] - biases[0] }, (_, unit) => biases[0] + unit),
    ];
  });
  const metrics = {
    diagonal: (a: number, b: number) => (a === b ? f(a, b) : 0),
    'quasi-diagonal': (a: number, b: number) => {
      const bias = owner[a]!;
      if (owner[b] !== bias) return 0;
      return a === b || a === bias || b === bias ? f(a, b) : (f(bias, a) * f(bias, b)) / f(bias, bias);
    },
  };
  for (const [approximation, entry] of Object.entries(metrics)) {
    const metric = engine.tensor(
      Array.from({ length: p * p }, (_, i) => entry(Math.floor(i / p), i % p)),
      [p, p],
    );
    for (const left of [at, rows]) {
      const expected = engine.matmul(explicitJacobian(engine, left), engine.solve(metric, engine.transpose(j)));
      const samples = { rows: left, columns: at };
      const actual = coefficientMatrix(engine, approximation as keyof typeof metrics, samples, damping);
      assertClose(engine.read(actual), engine.read(engine.binary('multiply', 1 / at.samples, expected)), factorised);
    }
  }
});

test('as the damping vanishes Θ̄ of every isotropic approximation tends to αI', () => {
  for (const approximation of ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac', 'unit-wise'] as const) {
    const alpha = isotropyConstant(approximation, at.network.architecture, { samples: at.samples });
    const theta = engine.read(coefficientMatrix(engine, approximation, { rows: at, columns: at }, 1e-9));
    const expected = theta.map((_, index) => (index % 5 === 0 ? alpha : 0));
    // first order in ρ/λ_min, with λ_min of the unit kernels about 1e-4
    assertClose(theta, expected, { rtol: 1e-3, atol: 1e-3 });
  }
});
