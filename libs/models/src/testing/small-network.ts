import { RandomStream } from '@natsweep/linalg';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Activation } from '../activation.ts';
import { linearise } from '../linearisation.ts';
import type { Linearisation } from '../linearisation.ts';
import { createNetwork } from '../network.ts';

export interface SmallNetwork {
  readonly at: Linearisation;
  readonly inputs: Tensor;
  /** A residual [N, C] that is no simple function of the network. */
  readonly residual: Tensor;
}

export interface SmallNetworkOptions {
  readonly widths: readonly number[];
  readonly samples: number;
  readonly activation?: Activation;
  readonly biasVariance?: number;
  readonly seed?: number;
}

/** A linearised network at random initialisation on Gaussian inputs, small enough for explicit Jacobians. */
export function smallNetwork(engine: LinalgEngine, options: SmallNetworkOptions): SmallNetwork {
  const { widths, samples, activation = { name: 'tanh' }, biasVariance = 0.3, seed = 1 } = options;
  const network = createNetwork(engine, { widths, activation, weightVariance: 2, biasVariance }, seed);
  const inputs = engine.tensor(new RandomStream(seed, 'test/inputs').normals(samples * widths[0]!), [
    samples,
    widths[0]!,
  ]);
  const classes = widths.at(-1)!;
  const residual = engine.tensor(new RandomStream(seed, 'test/residual').normals(samples * classes), [
    samples,
    classes,
  ]);
  return { at: linearise(engine, network, inputs), inputs, residual };
}
