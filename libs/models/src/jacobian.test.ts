import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Activation } from './activation.ts';
import { explicitJacobian, parameterLayout } from './jacobian.ts';
import { outputs } from './linearisation.ts';
import type { Network } from './network.ts';
import { smallNetwork } from './testing/index.ts';

const engine = createReferenceEngine();
const activations: Activation[] = [
  { name: 'relu' },
  { name: 'shifted-relu', shift: 0.4 },
  { name: 'tanh' },
  { name: 'erf' },
];

/** Central difference of f in one parameter, by changing that entry of the weights. */
function difference(engine: LinalgEngine, network: Network, inputs: Tensor, parameter: number): Float64Array {
  const step = 1e-5;
  const shifted = (sign: number): Float64Array => {
    const layers = network.layers.map((layer, index) => {
      const { weights, biases } = parameterLayout(network.architecture)[index]!;
      const move = (tensor: Tensor, [start, end]: readonly [number, number]): Tensor => {
        const values = engine.read(tensor);
        if (parameter >= start && parameter < end) values[parameter - start]! += sign * step;
        return engine.tensor(values, tensor.shape);
      };
      return { ...layer, weights: move(layer.weights, weights), biases: layer.biases && move(layer.biases, biases) };
    });
    return engine.read(outputs(engine, { ...network, layers }, inputs));
  };
  const [above, below] = [shifted(1), shifted(-1)];
  return above.map((value, i) => (value - below[i]!) / (2 * step));
}

for (const activation of activations)
  for (const biasVariance of [0, 0.5])
    test(`the Jacobian is the finite difference of the outputs (${activation.name}, σ_b² = ${biasVariance})`, () => {
      const { at, inputs } = smallNetwork(engine, { widths: [3, 5, 4, 2], samples: 3, activation, biasVariance });
      const jacobian = explicitJacobian(engine, at);
      const [rows, parameters] = jacobian.shape as [number, number];
      const values = engine.read(jacobian);
      for (let p = 0; p < parameters; p++)
        difference(engine, at.network, inputs, p).forEach((slope, row) => {
          const entry = values[row * parameters + p]!;
          assert.ok(Math.abs(entry - slope) < 1e-8, `∂f_${row}/∂θ_${p} is ${entry}, differs from ${slope}`);
        });
      assert.equal(rows, 6);
    });

test('an explicit Jacobian of a wide network is refused', () => {
  const { at } = smallNetwork(engine, { widths: [3, 1500, 1500, 1], samples: 1, activation: { name: 'relu' } });
  const wide = { ...at, samples: 1000 };
  assert.throws(() => explicitJacobian(engine, wide), RangeError);
});
