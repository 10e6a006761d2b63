import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Linearisation } from './linearisation.ts';
import { parameterCount } from './network.ts';
import type { Architecture } from './network.ts';

/** Largest number of entries that `explicitJacobian` makes: 128 MiB in float64. */
const maximumEntries = 2 ** 24;

/** Where a layer's parameters lie in θ: W_l in row-major order, then b_l. Half-open ranges. */
export interface LayerRange {
  readonly weights: readonly [start: number, end: number];
  /** Empty where the network has no biases. */
  readonly biases: readonly [start: number, end: number];
}

export function parameterLayout({ widths, biasVariance }: Architecture): LayerRange[] {
  let start = 0;
  return widths.slice(1).map((outputs, index) => {
    const weightsEnd = start + outputs * widths[index]!;
    const biasesEnd = weightsEnd + (biasVariance > 0 ? outputs : 0);
    const range: LayerRange = { weights: [start, weightsEnd], biases: [weightsEnd, biasesEnd] };
    start = biasesEnd;
    return range;
  });
}

/** J = ∇_θ f [NC, P], written out. For small networks and tests: throws RangeError beyond 2^24 entries. */
export function explicitJacobian(engine: LinalgEngine, linearisation: Linearisation): Tensor {
  const { network, samples, outputs, activations, signals } = linearisation;
  const rows = samples * outputs.shape[1]!;
  const parameters = parameterCount(network.architecture);
  if (rows * parameters > maximumEntries)
    throw new RangeError(`explicitJacobian: ${rows} × ${parameters} entries are too many; use the factored form`);
  return engine.scope(() => {
    const blocks = network.layers.flatMap(({ biases, weightGain, biasGain }, index) => {
      const signal = signals[index]!;
      const h = activations[index]!;
      const width = signal.shape[1]!;
      const perOutput = engine.binary(
        'multiply',
        engine.reshape(signal, [samples, -1, width, 1]),
        engine.reshape(h, [samples, 1, 1, -1]),
      );
      const weights = engine.reshape(engine.binary('multiply', weightGain, perOutput), [rows, -1]);
      return biases === undefined ? [weights] : [weights, engine.binary('multiply', biasGain, signal)];
    });
    return engine.concat(blocks, 1);
  });
}
