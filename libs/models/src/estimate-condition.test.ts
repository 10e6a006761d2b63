import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine, RandomStream } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import fc from 'fast-check';
import { estimateCondition } from './estimate-condition.ts';
import { solvePositive } from './solve-positive.ts';

const engine = createReferenceEngine();

/** A random symmetric matrix with these eigenvalues, by two Householder reflections. */
function withSpectrum(eigenvalues: readonly number[], seed: number) {
  const n = eigenvalues.length;
  const reflect = (name: string) => {
    const v = engine.tensor(new RandomStream(seed, name).normals(n), [n, 1]);
    const length = engine.read(engine.reduce('sum', engine.unary('square', v)))[0]!;
    return engine.binary('subtract', engine.eye(n), engine.matmul(v, v, { transposeB: true, scale: 2 / length }));
  };
  const vectors = engine.matmul(reflect('a'), reflect('b'));
  const scaled = engine.binary('multiply', vectors, engine.tensor(eigenvalues, [1, n]));
  return engine.matmul(scaled, vectors, { transposeB: true });
}

const estimate = (eigenvalues: readonly number[], { seed = 1, damping = 0 } = {}): number =>
  engine.scope(() => {
    const matrix = withSpectrum(eigenvalues, seed);
    return estimateCondition(engine, matrix, { factor: engine.cholesky(matrix, { shift: damping }).factor, damping });
  });

test('of up to 30 eigenvalues none is missed', () => {
  assertClose(estimate([3, 1e-6, 7, 40, 0.5]), 4e7, { rtol: 1e-8, atol: 0 });
  assertClose(estimate([3, 1, 7], { damping: 1 }), 4, { rtol: 1e-12, atol: 0 });
  assertClose(estimate([2, 2, 2, 2]), 1, { rtol: 1e-12, atol: 0 });
});

test('of random spectra of 60 it is never above the condition number, and below it by less than a tenth', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -8, max: 0, noNaN: true }), { minLength: 60, maxLength: 60 }),
      fc.integer({ min: 0, max: 1e6 }),
      (exponents, seed) => {
        const eigenvalues = exponents.map((exponent) => 10 ** exponent);
        const condition = Math.max(...eigenvalues) / Math.min(...eigenvalues);
        const ratio = estimate(eigenvalues, { seed }) / condition;
        assert.ok(ratio <= 1 + 1e-6 && ratio > 0.9, `ratio ${ratio}`);
      },
    ),
    { numRuns: 20 },
  );
});

test('the spectrum that Lanczos finds hardest, without gaps at its ends, is met within a sixth', () => {
  // Chebyshev nodes in [1, 1000]: dense at both ends
  const eigenvalues = Array.from({ length: 200 }, (_, i) => 500.5 + 499.5 * Math.cos((Math.PI * (i + 0.5)) / 200));
  const condition = Math.max(...eigenvalues) / Math.min(...eigenvalues);
  const ratio = estimate(eigenvalues) / condition;
  assert.ok(ratio > 5 / 6 && ratio <= 1, `ratio ${ratio}`);
});

test('a solve measures up to 500 unknowns and estimates beyond', () => {
  const solved = (n: number) =>
    engine.scope(() => {
      const diagonal = engine.diag(
        engine.tensor(
          Float64Array.from({ length: n }, (_, i) => i + 1),
          [n],
        ),
      );
      return solvePositive(engine, diagonal, engine.full([n, 1], 1), { damping: 0, measureCondition: true }).statistics;
    });
  assert.equal(solved(60).condition, 60);
  const { condition, method } = solved(520);
  assert.equal(method, 'cholesky');
  assert.ok(condition! > 0.9 * 520 && condition! < 520 * (1 + 1e-9), `condition ${condition}`);
});
