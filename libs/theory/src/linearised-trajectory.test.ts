import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { flowTrajectory } from './flow-trajectory.ts';
import { isotropicOutputs, isotropicResiduals, linearisedTrajectory } from './linearised-trajectory.ts';

const engine = createReferenceEngine();
const coefficient = engine.tensor([0.5, 0.2, 0.2, 0.9], [2, 2]);
const start = Float64Array.of(1, -2);

test('g_t = (I − ηΘ̄)^t g_0 by the spectrum, and f_t(x′) = f_0 − Θ̄(x′, x)Θ̄⁻¹(I − (I − ηΘ̄)^t) g_0 (eq. 10)', () => {
  const cross = engine.tensor([0.3, 0.1], [1, 2]);
  const { residualsTrain, outputsTest } = linearisedTrajectory(engine, coefficient, start, {
    learningRate: 0.6,
    steps: 7,
    test: { coefficient: cross, outputs0: Float64Array.of(0.25) },
  });
  const { values, vectors } = engine.eigh(coefficient);
  const [low, high] = engine.read(values) as unknown as [number, number];
  const v = engine.read(vectors);
  const projected = [v[0]! * start[0]! + v[2]! * start[1]!, v[1]! * start[0]! + v[3]! * start[1]!];
  residualsTrain.forEach((residual, t) => {
    const modes = [projected[0]! * (1 - 0.6 * low) ** t, projected[1]! * (1 - 0.6 * high) ** t];
    assertClose(residual, [v[0]! * modes[0]! + v[1]! * modes[1]!, v[2]! * modes[0]! + v[3]! * modes[1]!]);
    const moved = engine.matmul(
      cross,
      engine.solve(
        coefficient,
        engine.tensor(
          start.map((g, i) => g - residual[i]!),
          [2, 1],
        ),
      ),
    );
    assertClose(outputsTest[t]!, 0.25 - engine.read(moved)[0]!, tolerances.float64.factorised);
  });
});

test('under Θ̄ = αI the two forms agree', () => {
  const test_ = { coefficient: engine.tensor([0.4, 1.1], [1, 2]), outputs0: Float64Array.of(0.7) };
  const scaled = linearisedTrajectory(engine, engine.tensor([3, 0, 0, 3], [2, 2]), start, {
    test: test_,
    learningRate: 0.1,
    steps: 5,
  });
  isotropicResiduals(start, { alpha: 3, learningRate: 0.1, steps: 5 }).forEach((residual, t) =>
    assertClose(scaled.residualsTrain[t]!, residual),
  );
  const response = Float64Array.of(0.4 * start[0]! + 1.1 * start[1]!);
  isotropicOutputs(test_.outputs0, response, { alpha: 3, learningRate: 0.1, steps: 5 }).forEach((values, t) =>
    assertClose(scaled.outputsTest[t]!, values),
  );
});

test('several outputs follow the same Θ̄ one by one, in steps and in flow time', () => {
  const pace = { learningRate: 0.3, steps: 3 };
  const both = Float64Array.of(1, 5, -2, 0.5);
  const flows = (start0: Float64Array) =>
    flowTrajectory(engine, coefficient, start0, { learningRate: 0.3, times: [2] });
  const [first, second] = [Float64Array.of(1, -2), Float64Array.of(5, 0.5)];
  const interleaved = (a: Float64Array, b: Float64Array) => [a[0]!, b[0]!, a[1]!, b[1]!];
  const last = (start0: Float64Array) => linearisedTrajectory(engine, coefficient, start0, pace).residualsTrain.at(-1)!;
  assertClose(last(both), interleaved(last(first), last(second)));
  assertClose(
    flows(both).residualsTrain[0]!,
    interleaved(flows(first).residualsTrain[0]!, flows(second).residualsTrain[0]!),
  );
});

test('the isotropic flow is e^{−ηαt}, on test points 1 − e^{−ηαt} of the way', () => {
  const pace = { alpha: 3, learningRate: 0.1, steps: 2, dynamics: 'flow' } as const;
  assertClose(isotropicResiduals(Float64Array.of(2), pace)[2]!, [2 * Math.exp(-0.6)]);
  assertClose(isotropicOutputs(Float64Array.of(1), Float64Array.of(6), pace)[1]!, [1 - 2 * (1 - Math.exp(-0.3))]);
});
