import { RandomStream } from '@natsweep/linalg';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Activation } from './activation.ts';

/** A fully connected network in NTK parametrisation (Karakida & Osawa 2020, eqs. 1-2). */
export interface Architecture {
  /** M_0 … M_L: inputs, hidden layers, outputs. */
  readonly widths: readonly number[];
  readonly activation: Activation;
  /** σ_w² > 0 */
  readonly weightVariance: number;
  /** σ_b² ≥ 0; at 0 the network has no biases. */
  readonly biasVariance: number;
}

export interface Layer {
  /** W_l [M_l, M_{l−1}], drawn from N(0, 1). */
  readonly weights: Tensor;
  /** b_l [1, M_l], drawn from N(0, 1); undefined where σ_b = 0. */
  readonly biases: Tensor | undefined;
  /** σ_w/√M_{l−1} */
  readonly weightGain: number;
  /** σ_b */
  readonly biasGain: number;
}

/**
 * u_l = σ_w/√M_{l−1} W_l h_{l−1} + σ_b b_l, h_l = φ(u_l), f = u_L. The network owns its weights: descent rules change
 * them in place, `freeNetwork` gives them back.
 */
export interface Network {
  readonly architecture: Architecture;
  /** layers[l − 1] holds W_l and b_l. */
  readonly layers: readonly Layer[];
}

/**
 * A network at random initialisation. Layer l draws from the streams (seed, "weights/layer<l>") and (seed,
 * "biases/layer<l>"), so that equal shapes and seeds give equal weights whatever else a trial does.
 */
export function createNetwork(engine: LinalgEngine, architecture: Architecture, seed: number): Network {
  checkArchitecture(architecture);
  const { widths, weightVariance, biasVariance } = architecture;
  const layers = widths.slice(1).map((outputs, index): Layer => {
    const inputs = widths[index]!;
    return {
      weights: engine.tensor(new RandomStream(seed, `weights/layer${index + 1}`).normals(outputs * inputs), [
        outputs,
        inputs,
      ]),
      biases:
        biasVariance > 0
          ? engine.tensor(new RandomStream(seed, `biases/layer${index + 1}`).normals(outputs), [1, outputs])
          : undefined,
      weightGain: Math.sqrt(weightVariance / inputs),
      biasGain: Math.sqrt(biasVariance),
    };
  });
  return { architecture, layers };
}

export function freeNetwork(engine: LinalgEngine, network: Network): void {
  for (const { weights, biases } of network.layers) {
    engine.free(weights);
    if (biases !== undefined) engine.free(biases);
  }
}

/** P: the number of trained parameters. */
export function parameterCount({ widths, biasVariance }: Architecture): number {
  return widths
    .slice(1)
    .reduce((sum, outputs, index) => sum + outputs * (widths[index]! + (biasVariance > 0 ? 1 : 0)), 0);
}

function checkArchitecture({ widths, weightVariance, biasVariance, activation }: Architecture): void {
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width > 0))
    throw new RangeError(`widths must be two or more positive integers M_0 … M_L; they are [${widths.join(', ')}]`);
  if (!(weightVariance > 0 && weightVariance < Infinity))
    throw new RangeError(`weightVariance must be positive and finite; it is ${weightVariance}`);
  if (!(biasVariance >= 0 && biasVariance < Infinity))
    throw new RangeError(`biasVariance must be non-negative and finite; it is ${biasVariance}`);
  if (activation.name === 'shifted-relu' && !(activation.shift >= 0 && activation.shift < Infinity))
    throw new RangeError(`the shift of shifted-relu must be non-negative and finite; it is ${activation.shift}`);
}
