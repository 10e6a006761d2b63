import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { largestEigenvalue } from './largest-eigenvalue.ts';

const engine = createReferenceEngine();

/** max |λ| as found of the diagonal operator with these eigenvalues, and how often it was applied. */
function find(eigenvalues: readonly number[], maximumSteps: number) {
  let applied = 0;
  const multiply = (x: Float64Array): Float64Array => {
    applied += 1;
    return x.map((value, i) => eigenvalues[i]! * value);
  };
  return { found: largestEigenvalue(engine, multiply, { size: eigenvalues.length, maximumSteps }), applied };
}

test('the largest in size is found, whatever its sign, once the Krylov space is invariant', () => {
  assertClose(find([3, -7, 1, 0.5, 6], 64).found, 7, { rtol: 1e-12, atol: 0 });
  const { found, applied } = find([2, 2, -2, -2, 2, 2, 1], 64);
  assertClose(found, 2, { rtol: 1e-12, atol: 0 });
  assert.equal(applied, 3);
});

test('it ends where eight more steps add nothing, and after the most steps that it may take', () => {
  // one eigenvalue apart from 400 that are dense
  const spread = Array.from({ length: 400 }, (_, i) => i / 400);
  const apart = find([...spread, 50], 64);
  assertClose(apart.found, 50, { rtol: 1e-12, atol: 0 });
  assert.equal(apart.applied, 16);
  const dense = find(spread, 20);
  assert.equal(dense.applied, 20);
  assert.ok(dense.found <= 399 / 400 && dense.found > 0.9 * (399 / 400), `${dense.found}`);
});
