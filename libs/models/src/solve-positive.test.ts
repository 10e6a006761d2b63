import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { solvePositive } from './solve-positive.ts';

const engine = createReferenceEngine();

test('a well-conditioned system is solved by Cholesky, with its condition number on request', () => {
  const matrix = engine.tensor([4, 0, 0, 1], [2, 2]);
  const { solution, statistics } = solvePositive(engine, matrix, engine.full([2, 1], 2), {
    damping: 1,
    measureCondition: true,
  });
  assertClose(engine.read(solution), [2 / 5, 1]);
  assert.deepEqual(statistics, { method: 'cholesky', dropped: 0, cutoff: 0, condition: 2.5 });
});

test('a singular system has the minimum-norm solution and says what was dropped', () => {
  const matrix = engine.tensor([1, 1, 1, 1], [2, 2]);
  const { solution, statistics } = solvePositive(engine, matrix, engine.tensor([3, 1], [2, 1]), { damping: 0 });
  assertClose(engine.read(solution), [1, 1], tolerances.float64.factorised);
  assert.equal(statistics.method, 'eigendecomposition');
  assert.equal(statistics.dropped, 1);
  assertClose(statistics.cutoff, 2 * 2 ** -52 * 2);
});

test('a system that Cholesky would pass with pivots of rounding size is not trusted to it', () => {
  const matrix = engine.tensor([1, 1, 1, 1 + 2 ** -52], [2, 2]);
  const { statistics } = solvePositive(engine, matrix, engine.full([2, 1], 1), { damping: 0 });
  assert.equal(statistics.method, 'eigendecomposition');
});

test('damping is no state: two calls give equal bits and leave the matrix alone', () => {
  const matrix = engine.tensor([2, 1, 1, 3], [2, 2]);
  const solve = () => engine.read(solvePositive(engine, matrix, engine.full([2, 1], 1), { damping: 0.1 }).solution);
  assert.deepEqual(solve(), solve());
  assert.deepEqual(engine.read(matrix), Float64Array.of(2, 1, 1, 3));
});
