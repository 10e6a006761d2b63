import { ShapeError } from '@natsweep/linalg';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { activate, activationDerivative } from './activation.ts';
import type { Layer, Network } from './network.ts';

/**
 * A network at its present weights on N samples, with its NC × P Jacobian in factored form: row n·C + k holds
 *
 *   ∂f_k(x_n)/∂W_l = σ_w/√M_{l−1} δ_l^{(k)}(x_n) h_{l−1}(x_n)ᵀ,   ∂f_k(x_n)/∂b_l = σ_b δ_l^{(k)}(x_n)
 *
 * (Karakida & Osawa 2020, S.64 with M_{l−1} under the root).
 */
export interface Linearisation {
  readonly network: Network;
  /** N */
  readonly samples: number;
  /** f [N, C] */
  readonly outputs: Tensor;
  /** activations[l] = h_l [N, M_l] for l = 0 … L − 1. */
  readonly activations: readonly Tensor[];
  /** signals[l − 1] = δ_l = ∂f/∂u_l [NC, M_l] for l = 1 … L. */
  readonly signals: readonly Tensor[];
}

/** f [N, C] for inputs [N, M_0]. */
export function outputs(engine: LinalgEngine, network: Network, inputs: Tensor): Tensor {
  return engine.scope(() => forward(engine, network, inputs).outputs);
}

/**
 * One forward and one backward pass, two matrix products per layer:
 * δ_L = I_C and δ_l = σ_w/√M_l φ′(u_l) ⊙ (δ_{l+1} W_{l+1}) (S.65 with its missing factor).
 */
export function linearise(engine: LinalgEngine, network: Network, inputs: Tensor): Linearisation {
  return engine.scope(() => {
    const { preActivations, activations, outputs } = forward(engine, network, inputs);
    const [samples, classes] = outputs.shape as readonly [number, number];
    const signals: Tensor[] = [identityPerSample(engine, samples, classes)];
    for (let l = network.layers.length - 1; l >= 1; l--) {
      const { weights, weightGain } = network.layers[l]!;
      const slope = activationDerivative(engine, network.architecture.activation, preActivations[l - 1]!);
      const arriving = engine.matmul(signals[0]!, weights, { scale: weightGain });
      signals.unshift(perSample(engine, arriving, slope));
    }
    return { network, samples, outputs, activations, signals };
  });
}

function forward(engine: LinalgEngine, network: Network, inputs: Tensor) {
  checkInputs(network, inputs);
  const preActivations: Tensor[] = [];
  const activations: Tensor[] = [inputs];
  network.layers.forEach((layer, index) => {
    const u = preActivation(engine, layer, activations[index]!);
    preActivations.push(u);
    if (index < network.layers.length - 1) activations.push(activate(engine, network.architecture.activation, u));
  });
  return { preActivations, activations, outputs: preActivations.at(-1)! };
}

function preActivation(engine: LinalgEngine, layer: Layer, h: Tensor): Tensor {
  const { weights, biases, weightGain, biasGain } = layer;
  const u = engine.matmul(h, weights, { transposeB: true, scale: weightGain });
  if (biases !== undefined) engine.matmulAccumulate(u, engine.full([h.shape[0]!, 1], 1), biases, { scale: biasGain });
  return u;
}

/** [NC, M] ⊙ [N, M], each row of the second standing for the C rows of its sample. */
function perSample(engine: LinalgEngine, rows: Tensor, factor: Tensor): Tensor {
  const [samples, width] = factor.shape as readonly [number, number];
  if (rows.shape[0] === samples) return engine.binary('multiply', rows, factor);
  const stacked = engine.reshape(rows, [samples, -1, width]);
  return engine.reshape(engine.binary('multiply', stacked, engine.reshape(factor, [samples, 1, width])), rows.shape);
}

function identityPerSample(engine: LinalgEngine, samples: number, classes: number): Tensor {
  const stacked = engine.binary('add', engine.full([samples, 1, 1], 0), engine.eye(classes));
  return engine.reshape(stacked, [samples * classes, classes]);
}

function checkInputs({ architecture }: Network, inputs: Tensor): void {
  if (inputs.shape.length !== 2 || inputs.shape[1] !== architecture.widths[0])
    throw new ShapeError(
      'linearise',
      `inputs must have shape [N, ${architecture.widths[0]}]; it is [${inputs.shape.join(', ')}]`,
    );
}
