import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { flowTrajectory } from './flow-trajectory.ts';
import { linearisedTrajectory } from './linearised-trajectory.ts';

const engine = createReferenceEngine();
// rank 2 of 3: the null direction must neither move nor blow up
const coefficient = engine.tensor([2, 1, 0, 1, 2, 0, 0, 0, 0], [3, 3]);
const start = Float64Array.of(1, -2, 0.5);
const test_ = { coefficient: engine.tensor([0.3, 0.1, 0.7], [1, 3]), outputs0: Float64Array.of(0.25) };

test('the flow is the limit of many small steps, on training and on other points', () => {
  const steps = 8_000;
  const fine = linearisedTrajectory(engine, coefficient, start, { learningRate: 2 / steps, steps, test: test_ });
  const flow = flowTrajectory(engine, coefficient, start, { learningRate: 0.5, times: [0, 4], test: test_ });
  assertClose(flow.residualsTrain[0]!, start, tolerances.float64.factorised);
  assertClose(flow.outputsTest[0]!, test_.outputs0);
  assertClose(flow.residualsTrain[1]!, fine.residualsTrain.at(-1)!, { rtol: 2e-3, atol: 5e-4 });
  assertClose(flow.outputsTest[1]!, fine.outputsTest.at(-1)!, { rtol: 2e-3, atol: 5e-4 });
});

test('modes decay as e^{−ηλt}: λ = 3, 1, 0', () => {
  const { residualsTrain } = flowTrajectory(engine, coefficient, start, { learningRate: 0.5, times: [1.2] });
  const [slow, fast] = [(Math.exp(-0.6) * 3) / 2, Math.exp(-1.8) / 2];
  assertClose(residualsTrain[0]!, [slow - fast, -slow - fast, 0.5], tolerances.float64.factorised);
});
