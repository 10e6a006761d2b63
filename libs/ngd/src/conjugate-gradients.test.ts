import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { conjugateGradients } from './conjugate-gradients.ts';

const engine = createReferenceEngine();

test('n distinct eigenvalues take n iterations', () => {
  const diagonal = engine.tensor([1, 2, 3, 10], [4]);
  const { solution, relativeResidual, iterations } = conjugateGradients(engine, {
    multiply: (x) => engine.binary('multiply', diagonal, x),
    rightHandSide: engine.full([4], 6),
    tolerance: 1e-12,
    maxIterations: 100,
  });
  assertClose(engine.read(solution), [6, 3, 2, 0.6]);
  assert.equal(iterations, 4);
  assert.ok(relativeResidual <= 1e-12);
});

test('a right-hand side that the operator does not reach ends the iteration, and the residual says so', () => {
  const diagonal = engine.tensor([1, 2, 3, 0], [4]);
  const { relativeResidual, iterations } = conjugateGradients(engine, {
    multiply: (x) => engine.binary('multiply', diagonal, x),
    rightHandSide: engine.tensor([1, -2, 1, 1], [4]),
    tolerance: 1e-12,
    maxIterations: 1000,
  });
  assert.ok(relativeResidual > 0.1, `${relativeResidual}`);
  assert.ok(iterations < 250, `${iterations} iterations`);
});
