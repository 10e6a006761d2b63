import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Direction } from './descent.ts';
import type { Linearisation } from './linearisation.ts';

/**
 * J(x)Δθ [NC, 1]: how the outputs at any samples answer a direction to first order, without the Jacobian. An outer update of
 * layer l answers with Σ_m (σ_w²/M_{l−1} (δ(x)·s_m)(h(x)·i_m) + σ_b² (δ(x)·s_m) b_m) over its N columns of signals s, inputs i
 * and bias inputs b: two products of N × M matrices.
 */
export function directionResponse(engine: LinalgEngine, at: Linearisation, { layers }: Direction): Tensor {
  return engine.scope(() => {
    const classes = at.outputs.shape[1]!;
    const perLayer = layers.map((update, index) => {
      const { weightGain, biasGain } = at.network.layers[index]!;
      const [delta, h] = [at.signals[index]!, at.activations[index]!];
      if (update.kind === 'outer') {
        const signals = engine.matmul(delta, update.signals, { transposeB: true });
        const inputs = engine.binary(
          'multiply',
          weightGain ** 2,
          engine.matmul(h, update.inputs, { transposeB: true }),
        );
        const bias = engine.binary('multiply', biasGain ** 2, engine.transpose(update.biasInputs));
        return summed(engine, signals, repeated(engine, engine.binary('add', inputs, bias), classes));
      }
      const moved = engine.matmul(h, update.weights, { transposeB: true });
      const scaled = engine.binary('multiply', weightGain, moved);
      const shifted =
        update.biases === undefined
          ? scaled
          : engine.binary('add', scaled, engine.binary('multiply', biasGain, update.biases));
      return summed(engine, delta, repeated(engine, shifted, classes));
    });
    return perLayer.reduce((sum, part) => engine.binary('add', sum, part));
  });
}

const summed = (engine: LinalgEngine, a: Tensor, b: Tensor): Tensor =>
  engine.reduce('sum', engine.binary('multiply', a, b), { axis: 1, keepDims: true });

/** Every row C times in a row: [N, k] → [NC, k]. */
function repeated(engine: LinalgEngine, rows: Tensor, classes: number): Tensor {
  if (classes === 1) return rows;
  const [samples, width] = rows.shape as readonly [number, number];
  const stacked = engine.binary('multiply', engine.reshape(rows, [samples, 1, width]), engine.full([1, classes, 1], 1));
  return engine.reshape(stacked, [samples * classes, width]);
}
