import type { Architecture } from '@natsweep/models';
import { activeFraction, secondMoment } from './activation-moments.ts';

/** Mean-field quantities per hidden layer l = 1 … L − 1. */
export interface SignalPropagation {
  /** q_l: variance of the pre-activations u_l. */
  readonly variances: readonly number[];
  /** γ_l: share of the units that a sample activates. */
  readonly activeFractions: readonly number[];
}

/**
 * q_1 = σ_w² ‖x‖²/M_0 + σ_b² and q_{l+1} = σ_w² E φ(√q_l z)² + σ_b² for inputs of the given norm (Karakida & Osawa 2020,
 * S.138, S.176 with σ_w² in S.179), with γ_l from S.141.
 */
export function signalPropagation(architecture: Architecture, inputNorm = 1): SignalPropagation {
  const { widths, activation, weightVariance, biasVariance } = architecture;
  const variances: number[] = [];
  for (let l = 1; l < widths.length - 1; l++) {
    const incoming = l === 1 ? inputNorm ** 2 / widths[0]! : secondMoment(activation, variances[l - 2]!);
    variances.push(weightVariance * incoming + biasVariance);
  }
  return { variances, activeFractions: variances.map((q) => activeFraction(activation, q)) };
}
