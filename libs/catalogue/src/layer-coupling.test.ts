import assert from 'node:assert/strict';
import { test } from 'node:test';
import { couplingProblem, isPositiveDefinite, parseCoupling } from './layer-coupling.ts';

const tridiagonal = (depth: number): string =>
  Array.from({ length: depth }, (_, i) =>
    Array.from({ length: depth }, (__, j) => Number(Math.abs(i - j) <= 1)).join(','),
  ).join(';');

test('rows are read as numbers, with spaces or without', () => {
  assert.deepEqual(parseCoupling('1, 0.5; 0.5, 1'), [
    [1, 0.5],
    [0.5, 1],
  ]);
  assert.equal(parseCoupling('1,x;0,1'), undefined);
  assert.equal(parseCoupling('1,;0,1'), undefined);
});

test('a Σ that was asked about before is judged for each depth, and as at first', () => {
  const texts = Array.from({ length: 300 }, (_, i) => `1,${i / 300};${i / 300},1`);
  for (const text of [...texts, ...texts]) {
    assert.equal(couplingProblem(text, 2), undefined);
    assert.match(couplingProblem(text, 3) ?? '', /must be a 3 × 3 matrix/);
  }
});

test('the block-diagonal, exact and tridiagonal Σ are fine at every depth, singular ones too', () => {
  for (let depth = 1; depth <= 11; depth++)
    assert.equal(couplingProblem(tridiagonal(depth), depth), undefined, `depth ${depth}`);
  assert.equal(couplingProblem('1,0,0;0,1,0;0,0,1', 3), undefined);
  assert.equal(couplingProblem('1,1;1,1', 2), undefined);
});

test('the scale of Σ does not decide whether α is positive', () => {
  for (const scale of [1e-15, 1, 1e15]) {
    const text = (rows: number[][]): string => rows.map((row) => row.map((entry) => entry * scale).join(',')).join(';');
    assert.equal(
      couplingProblem(
        text([
          [2, 0.5],
          [0.5, 1],
        ]),
        2,
      ),
      undefined,
    );
    assert.match(
      couplingProblem(
        text([
          [1, 0],
          [0, -1],
        ]),
        2,
      ) ?? '',
      /α = 1ᵀΣ⁻¹1 is 0/,
    );
  }
});

test('each fault is named with the condition', () => {
  const faults: [string, number, RegExp][] = [
    ['', 2, /must list the rows of Σ/],
    ['1,0;0,1', 3, /3 × 3 matrix.*rows of 2, 2 entries/],
    ['1,0;0.5,1', 2, /symmetric.*row 1/],
    ['1,0;0,0', 2, /kernel is not orthogonal to 1_L/],
    ['1,-1;-1,1', 2, /kernel is not orthogonal to 1_L/],
    ['-1,0;0,-1', 2, /α = 1ᵀΣ⁻¹1 is -2: no positive learning rate/],
    ['1,0;0,-1', 2, /α = 1ᵀΣ⁻¹1 is 0/],
  ];
  for (const [text, depth, message] of faults) assert.match(couplingProblem(text, depth) ?? '', message);
});

test('positive definite is told from indefinite and singular: Σ of tridiagonal ones is indefinite beyond L = 2', () => {
  for (const text of ['1', '1,0;0,1', '1,0.5,0;0.5,1,0.5;0,0.5,1', '2,0.5,-0.3;0.5,1,0.2;-0.3,0.2,1.5'])
    assert.ok(isPositiveDefinite(text), text);
  // eigenvalues 1 ± √2 and 1; 1 ± 2; 0 and 2; 3, 0 and 0; −1
  for (const text of [tridiagonal(3), '1,2;2,1', '1,1;1,1', '1,1,1;1,1,1;1,1,1', '-1', '0,1;1,0'])
    assert.ok(!isPositiveDefinite(text), text);
});
