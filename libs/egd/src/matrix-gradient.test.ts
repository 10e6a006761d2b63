import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine, RandomStream, type Tensor } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { matrixProduct } from '@natsweep/models';
import { groupRmsRate, groupRmsStart } from './group-rms-prop.ts';
import { matrixGradient } from './matrix-gradient.ts';

const engine = createReferenceEngine();

test('the gradient of matrix completion is that of its loss, by central differences', () => {
  const observed = engine.tensor([1, 0, 1, 1, 1, 0, 0, 0, 1], [3, 3]);
  const target = engine.tensor(new RandomStream(1, 'target').normals(9), [3, 3]);
  const residualOf = (factors: readonly Tensor[]) =>
    engine.binary('multiply', engine.binary('subtract', matrixProduct(engine, factors), target), observed);
  const lossOf = (factors: readonly Tensor[]) =>
    engine.read(engine.reduce('sum', engine.unary('square', residualOf(factors))))[0]! / (2 * 5);
  for (const layers of [1, 2, 3]) {
    const values = Array.from({ length: layers }, (_, l) => new RandomStream(2, `w${l}`).normals(9));
    const build = (of: readonly Float64Array[]) => of.map((layer) => engine.tensor(layer, [3, 3]));
    const factors = build(values);
    const gradients = matrixGradient(engine, factors, { residual: residualOf(factors), observations: 5 });
    gradients.forEach((gradient, layer) => {
      const expected = Array.from({ length: 9 }, (_, index) => {
        const moved = (by: number) =>
          lossOf(
            build(values.map((w, l) => (l === layer ? w.map((value, i) => (i === index ? value + by : value)) : w))),
          );
        return (moved(1e-6) - moved(-1e-6)) / 2e-6;
      });
      assertClose(engine.read(gradient), expected, { rtol: 1e-7, atol: 1e-7 });
    });
  }
});

test('GroupRMSprop makes steps of the size of its learning rate, whatever the scale of each trial’s gradient', () => {
  const scales = [1e-2, 1, 1e4];
  const gradient = (sign: number) =>
    engine.tensor(
      scales.flatMap((scale) => [sign * scale, scale]),
      [3, 1, 2],
    );
  const learningRates = engine.full([3, 1, 1], 0.1);
  let state = groupRmsStart(engine, 3);
  for (let step = 0; step < 5; step++) {
    const next = groupRmsRate(engine, state, { gradients: [gradient(1), gradient(-1)], learningRates });
    assertClose(
      engine.read(next.rates),
      scales.map((scale) => 0.1 / (scale + 1e-4)),
    );
    state = next.state;
  }
  assert.equal(state.stepsTaken, 5);
});

test('GroupRMSprop remembers gradients with a decay of 0.99', () => {
  const rate = (state: ReturnType<typeof groupRmsStart>, value: number) =>
    groupRmsRate(engine, state, {
      gradients: [engine.full([1, 1, 1], value)],
      learningRates: engine.full([1, 1, 1], 1),
    });
  const first = rate(groupRmsStart(engine, 1), 3);
  const second = rate(first.state, 1);
  const corrected = (0.99 * 0.01 * 9 + 0.01) / (1 - 0.99 ** 2);
  assertClose(engine.read(second.rates), [1 / (Math.sqrt(corrected) + 1e-4)]);
});
