import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine, RandomStream } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { effectiveRank } from './effective-rank.ts';
import { leastSquaresInterpolant } from './least-squares-interpolant.ts';
import { naturalFlowMargins, naturalFlowSeparator } from './logistic-natural-flow.ts';
import { nuclearNormCompletion } from './nuclear-norm-completion.ts';
import { cosine, gaussianAccuracy, powerNorm } from './separators.ts';

const engine = createReferenceEngine();
const normals = (purpose: string, n: number) => new RandomStream(11, purpose).normals(n);

/** Classical Runge–Kutta on du/dt = 1 + e^{−u}. */
function integrate(margin0: number, flowTime: number): number {
  const steps = 20000;
  const h = flowTime / steps;
  const f = (u: number) => 1 + Math.exp(-u);
  let u = margin0;
  for (let i = 0; i < steps; i++) {
    const a = f(u);
    const b = f(u + (h / 2) * a);
    const c = f(u + (h / 2) * b);
    u += (h / 6) * (a + 2 * b + 2 * c + f(u + h * c));
  }
  return u;
}

test('flow margins solve their differential equation, and meet its limits', () => {
  const margins0 = [-3, -0.2, 0, 1.5, 8];
  assertClose(
    naturalFlowMargins(margins0, 4),
    margins0.map((margin) => integrate(margin, 4)),
    { rtol: 1e-10, atol: 1e-10 },
  );
  assertClose(naturalFlowMargins(margins0, 0), margins0);
  const late = naturalFlowMargins(margins0, 5000);
  assertClose(
    late,
    margins0.map((margin) => 5000 + Math.log1p(Math.exp(margin))),
  );
});

test('the flow of a linear model keeps its margins on the closed form and its part off the data fixed', () => {
  const x = engine.tensor(normals('x', 4 * 9), [4, 9]);
  const start = normals('b', 9);
  const separator0 = engine.tensor(start, [9]);
  const late = naturalFlowSeparator(engine, x, { separator0, flowTime: 3 });
  const marginsAt = (b: typeof late) => engine.read(engine.matmul(x, engine.reshape(b, [9, 1])));
  assertClose(marginsAt(late), naturalFlowMargins(marginsAt(separator0), 3));
  const move = engine.binary('subtract', late, separator0);
  const { vt } = engine.svd(x);
  const projected = engine.matmul(vt, engine.matmul(vt, engine.reshape(move, [9, 1])), { transposeA: true });
  assertClose(engine.read(projected), engine.read(move), { rtol: 1e-10, atol: 1e-10 });
});

test('the late flow points along the least-norm interpolant of the labels, whatever the start', () => {
  const values = normals('x2', 5 * 8);
  const labels = [1, -1, -1, 1, 1];
  const inputs = engine.tensor(values, [5, 8]);
  const signed = engine.tensor(
    values.map((value, i) => value * labels[Math.floor(i / 8)]!),
    [5, 8],
  );
  const ols = engine.read(leastSquaresInterpolant(engine, inputs, engine.tensor(labels, [5])));
  const at = (flowTime: number) =>
    engine.read(naturalFlowSeparator(engine, signed, { separator0: engine.tensor(normals('b2', 8), [8]), flowTime }));
  assert.ok(1 - cosine(at(1e7), ols) < 1e-10);
  assert.ok(cosine(at(1), ols) < 0.99);
});

test('least squares interpolates for N < D and solves the normal equations for N > D', () => {
  const wide = engine.tensor(normals('wide', 3 * 6), [3, 6]);
  const y3 = engine.tensor([1, -1, 1], [3]);
  const interpolant = leastSquaresInterpolant(engine, wide, y3);
  assertClose(engine.read(engine.matmul(wide, engine.reshape(interpolant, [6, 1]))), [1, -1, 1]);
  const tall = engine.tensor(normals('tall', 7 * 2), [7, 2]);
  const y7 = engine.tensor([1, 1, -1, 1, -1, -1, 1], [7]);
  const fitted = leastSquaresInterpolant(engine, tall, y7);
  const residual = engine.binary(
    'subtract',
    engine.matmul(tall, engine.reshape(fitted, [2, 1])),
    engine.reshape(y7, [7, 1]),
  );
  assertClose(engine.read(engine.matmul(tall, residual, { transposeA: true })), [0, 0]);
});

test('least squares on dependent columns gives the solution of least norm', () => {
  const a = normals('dependent', 4);
  const inputs = engine.tensor(
    [...a].flatMap((value) => [value, 2 * value]),
    [4, 2],
  );
  const labels = [1, -1, 1, 1];
  const slope = a.reduce((sum, v, n) => sum + v * labels[n]!, 0) / a.reduce((sum, v) => sum + v * v, 0);
  const fitted = engine.read(leastSquaresInterpolant(engine, inputs, engine.tensor(labels, [4])));
  assertClose(fitted, [slope / 5, (2 * slope) / 5]);
});

test('accuracy counts the half-planes on which two separators agree', () => {
  assertClose(gaussianAccuracy([1, 0], [2, 0]), 1);
  assertClose(gaussianAccuracy([1, 0], [0, 1]), 0.5);
  assertClose(gaussianAccuracy([1, 1], [0, 1]), 0.75);
  const x = normals('points', 2 * 40000);
  let agree = 0;
  for (let n = 0; n < 40000; n++) {
    const [a, b] = [x[2 * n]!, x[2 * n + 1]!];
    if ((a + 0.3 * b) * (a - 0.4 * b) > 0) agree++;
  }
  assertClose(gaussianAccuracy([1, 0.3], [1, -0.4]), agree / 40000, { rtol: 0, atol: 0.01 });
});

test('power norms cover p < 1, p = ∞ and values that overflow when squared', () => {
  assertClose(powerNorm([3, -4], 2), 5);
  assertClose(powerNorm([1, 4], 0.5), 9);
  assertClose(powerNorm([1, -4], Infinity), 4);
  assertClose(powerNorm([3e200, 4e200], 2), 5e200);
});

test('effective rank counts equal singular values and ignores zeros', () => {
  assertClose(effectiveRank([2, 2, 2, 0, 0]), 3);
  assertClose(effectiveRank([5, 0]), 1);
  assert.ok(effectiveRank([1, 0.1]) > 1 && effectiveRank([1, 0.1]) < 2);
  assert.ok(Number.isNaN(effectiveRank([0, 0])));
});

test('the completion of least nuclear norm is proved by its dual, and recovers a matrix of rank one', () => {
  const size = 8;
  const [u, v] = [normals('u', size), normals('v', size)];
  const target = Float64Array.from({ length: size * size }, (_, i) => u[Math.floor(i / size)]! * v[i % size]!);
  const hidden = new Set([3, 17, 28, 42, 63]);
  const observed = target.map((_, i) => (hidden.has(i) ? 0 : 1));
  const result = nuclearNormCompletion(
    engine,
    { target: engine.tensor(target, [size, size]), observed: engine.tensor(observed, [size, size]) },
    { tolerance: 1e-6 },
  );
  assertClose(engine.read(result.completion), target, { rtol: 1e-3, atol: 1e-3 });
  assertClose(result.nuclearNorm, Math.hypot(...u) * Math.hypot(...v), { rtol: 1e-4, atol: 0 });
  assert.ok(result.lowerBound <= result.nuclearNorm && result.lowerBound > result.nuclearNorm * (1 - 1e-5));
});

test('the completion of least nuclear norm leaves nothing but its result behind', () => {
  const target = engine.tensor(normals('t', 16), [4, 4]);
  const observed = engine.tensor([1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1], [4, 4]);
  const before = engine.liveTensors();
  const { completion } = nuclearNormCompletion(engine, { target, observed });
  assert.equal(engine.liveTensors(), before + 1);
  engine.free(completion);
});
