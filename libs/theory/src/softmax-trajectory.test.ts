import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { softmaxTrajectory } from './softmax-trajectory.ts';

const engine = createReferenceEngine();
const logits = Float64Array.of(0.3, -0.5, 1.1, 0.2, 0.4, -0.9);
const targets = Float64Array.of(1, 0, 0, 0, 1, 0);

test('one step is −ηα (Λ + ρ̃I)⁻¹(σ − y) with the matrix written out', () => {
  const [start, after] = softmaxTrajectory(logits, targets, { classes: 3, rate: 0.4, outputDamping: 0.07, steps: 1 });
  const expected = [0, 3].flatMap((offset) => {
    const p = start!.subarray(offset, offset + 3);
    const lambda = [0, 1, 2].flatMap((i) => [0, 1, 2].map((k) => (i === k ? p[i]! + 0.07 : 0) - p[i]! * p[k]!));
    const error = engine.tensor(
      [0, 1, 2].map((k) => p[k]! - targets[offset + k]!),
      [3, 1],
    );
    const move = engine.read(engine.solve(engine.tensor(lambda, [3, 3]), error));
    const moved = [0, 1, 2].map((k) => Math.exp(logits[offset + k]! - 0.4 * move[k]!));
    const total = moved.reduce((a, b) => a + b);
    return moved.map((value) => value / total);
  });
  assertClose(after!, expected, tolerances.float64.factorised);
});

test('small steps follow dσ/dt = Λ(Λ + ρ̃I)⁻¹(y − σ) (S.163)', () => {
  const rate = 1e-4;
  const [start, after] = softmaxTrajectory(logits, targets, { classes: 3, rate, outputDamping: 0.5, steps: 1 });
  const slope = [0, 3].flatMap((offset) => {
    const p = start!.subarray(offset, offset + 3);
    const lambda = engine.tensor(
      [0, 1, 2].flatMap((i) => [0, 1, 2].map((k) => (i === k ? p[i]! : 0) - p[i]! * p[k]!)),
      [3, 3],
    );
    const damped = engine.binary('add', lambda, engine.binary('multiply', 0.5, engine.eye(3)));
    const error = engine.tensor(
      [0, 1, 2].map((k) => targets[offset + k]! - p[k]!),
      [3, 1],
    );
    return [...engine.read(engine.matmul(lambda, engine.solve(damped, error)))];
  });
  assertClose(
    after!.map((value, i) => (value - start![i]!) / rate),
    slope,
    { rtol: 1e-3, atol: 1e-4 },
  );
});

test('the targets are where it ends', () => {
  const path = softmaxTrajectory(logits, targets, { classes: 3, rate: 0.5, outputDamping: 0.1, steps: 200 });
  assertClose(path.at(-1)!, targets, { rtol: 0, atol: 1e-2 });
});
