import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createReferenceEngine, RandomStream } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { diagonalCofactors, diagonalCurvature, diagonalProduct } from './diagonal-linear.ts';
import { factorContexts, matrixProduct, productPullback, productResponse } from './matrix-product.ts';

const engine = createReferenceEngine();

test('cofactors of a diagonal network are the derivatives of β, also where a weight is zero', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer(), (layers, seed) => {
      const values = Array.from({ length: layers }, (_, l) => new RandomStream(seed, `w${l}`).normals(4));
      values[0]![2] = 0;
      const weights = values.map((layer) => engine.tensor(layer, [1, 4, 1]));
      const beta = (of: readonly Float64Array[], i: number) => of.reduce((p, layer) => p * layer[i]!, 1);
      assertClose(
        engine.read(diagonalProduct(engine, weights)),
        [0, 1, 2, 3].map((i) => beta(values, i)),
      );
      diagonalCofactors(engine, weights).forEach((cofactor, l) => {
        const others = values.filter((_, k) => k !== l);
        assertClose(
          engine.read(cofactor),
          [0, 1, 2, 3].map((i) => beta(others, i)),
        );
      });
    }),
  );
});

test('the curvature of a diagonal network is its largest mixed second derivative', () => {
  const weights = [2, -3, 0.5].map((value) => engine.tensor([value], [1, 1, 1]));
  assertClose(engine.read(diagonalCurvature(engine, weights)), [3]);
  assertClose(engine.read(diagonalCurvature(engine, weights.slice(0, 2))), [1]);
  assertClose(engine.read(diagonalCurvature(engine, weights.slice(0, 1))), [0]);
});

test('a matrix product responds to a small step of its factors as Σ A_l ΔW_l B_l says', () => {
  for (const layers of [1, 2, 3, 4]) {
    const random = (purpose: string) =>
      Array.from({ length: layers }, (_, l) =>
        engine.tensor(new RandomStream(layers, `${purpose}${l}`).normals(9), [3, 3]),
      );
    const factors = random('w');
    const steps = random('step');
    const moved = (scale: number) =>
      engine.read(
        matrixProduct(
          engine,
          factors.map((factor, l) => engine.binary('add', factor, engine.binary('multiply', steps[l]!, scale))),
        ),
      );
    const h = 1e-5;
    const [up, down] = [moved(h), moved(-h)];
    const response = engine.read(productResponse(engine, factorContexts(engine, factors), steps));
    assertClose(
      response,
      up.map((value, i) => (value - down[i]!) / (2 * h)),
      { rtol: 1e-7, atol: 1e-7 },
    );
  }
});

test('pullback and response of a matrix product are adjoint', () => {
  const factors = [0, 1, 2].map((l) => engine.tensor(new RandomStream(7, `w${l}`).normals(16), [4, 4]));
  const steps = [0, 1, 2].map((l) => engine.tensor(new RandomStream(8, `d${l}`).normals(16), [4, 4]));
  const cotangent = engine.tensor(new RandomStream(9, 'z').normals(16), [4, 4]);
  const contexts = factorContexts(engine, factors);
  const inner = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const pulled = productPullback(engine, contexts, cotangent);
  assertClose(
    inner(engine.read(productResponse(engine, contexts, steps)), engine.read(cotangent)),
    pulled.reduce((sum, z, l) => sum + inner(engine.read(z), engine.read(steps[l]!)), 0),
  );
});

test('an empty network is refused', () => {
  assert.throws(() => diagonalProduct(engine, []), RangeError);
  assert.throws(() => matrixProduct(engine, []), RangeError);
});
