import { gradientDescent } from '@natsweep/egd';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { applyDirection, createNetwork, freeNetwork } from '@natsweep/models';
import type { Linearisation, Network } from '@natsweep/models';
import { flowParameterDual } from '@natsweep/theory';

/** ‖θ − scale θ′‖ of two networks of one architecture. */
export function parameterDistance(engine: LinalgEngine, network: Network, other: Network, scale = 1): number {
  const squared = (a: Tensor, b: Tensor): number =>
    engine.scope(() => {
      const difference = engine.binary('subtract', a, engine.binary('multiply', scale, b));
      return engine.read(engine.reduce('sum', engine.unary('square', difference)))[0]!;
    });
  const layers = network.layers.map(({ weights, biases }, index) => {
    const its = other.layers[index]!;
    const ofBiases = biases === undefined || its.biases === undefined ? 0 : squared(biases, its.biases);
    return squared(weights, its.weights) + ofBiases;
  });
  return Math.sqrt(layers.reduce((sum, value) => sum + value, 0));
}

/** The parameters of the linearised network under natural gradient flow, in a network of their own. */
export interface LinearisedParameters {
  /** θ^lin */
  readonly network: Network;
  /** ‖J⁺(f_0(X) − Y)‖, how far they move in all. */
  readonly totalMovement: number;
  /** θ^lin ← θ^lin − share J⁺(f_0(X) − Y) */
  readonly advance: (share: number) => void;
  readonly free: () => void;
}

/**
 * Starts at θ_0, drawn anew from the seed of the network at which `at` was made: θ_τ = θ_0 − (1 − e^{−τ}) J⁺(f_0(X) − Y) after
 * shares that add up to 1 − e^{−τ} (Rudner et al. 2019, Proposition 5 with its errors put right).
 */
export function linearisedParameters(
  engine: LinalgEngine,
  at: Linearisation,
  { residual0, seed }: { readonly residual0: Tensor; readonly seed: number },
): LinearisedParameters {
  const network = createNetwork(engine, at.network.architecture, seed);
  const made = engine.scope(() => {
    const dual = flowParameterDual(engine, at, residual0, Infinity);
    const squared = engine.matmul(dual, engine.reshape(residual0, [-1, 1]), { transposeA: true });
    return { dual, totalMovement: Math.sqrt(engine.read(squared)[0]!) };
  });
  return {
    network,
    totalMovement: made.totalMovement,
    // gradient descent moves by Jᵀ/N of its residual
    advance: (share) =>
      engine.scope(() => {
        const direction = gradientDescent().direction(engine, at, made.dual, { damping: 0 });
        applyDirection(engine, network, direction, share * at.samples);
      }),
    free: () => {
      freeNetwork(engine, network);
      engine.free(made.dual);
    },
  };
}

/**
 * ‖θ_τ − (1 − e^{−τ})(θ_0 + J⁺(f_0(X) − Y))‖, the distance from Proposition 5 as eq. 84 prints it, with its nk × nk exponential
 * read as the scalar that it is. `linearised` must have advanced to τ, and ends at θ_0 + J⁺(f_0(X) − Y).
 */
export function printedParameterDistance(
  engine: LinalgEngine,
  network: Network,
  { linearised, tau }: { readonly linearised: LinearisedParameters; readonly tau: number },
): number {
  const share = -Math.expm1(-tau);
  linearised.advance(-1 - share);
  return parameterDistance(engine, network, linearised.network, share);
}
