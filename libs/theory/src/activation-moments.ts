import type { Activation } from '@natsweep/models';
import { gaussianMean } from './gaussian-quadrature.ts';
import { normalCumulative, normalDensity } from './normal-distribution.ts';

/**
 * E φ(u)² for u ~ N(0, q). ReLU q/2; erf (2/π) asin(2q/(1 + 2q)); shifted ReLU, with h = s/√q,
 * q (Φ(h) − h ϕ(h)) + s² (1 − Φ(h)); tanh by quadrature.
 */
export function secondMoment(activation: Activation, q: number): number {
  switch (activation.name) {
    case 'relu':
      return q / 2;
    case 'shifted-relu': {
      const h = activation.shift / Math.sqrt(q);
      return q * (normalCumulative(h) - h * normalDensity(h)) + activation.shift ** 2 * normalCumulative(-h);
    }
    case 'erf':
      return (2 / Math.PI) * Math.asin((2 * q) / (1 + 2 * q));
    case 'tanh':
      return gaussianMean((z) => Math.tanh(Math.sqrt(q) * z) ** 2);
  }
}

/**
 * γ = P(φ′(u) ≠ 0) for u ~ N(0, q): the share of units that a sample activates (Karakida & Osawa 2020, S.140-S.141,
 * S.157). 1 for smooth activations, 1/2 for the ReLU, Φ(s/√q) for the shifted ReLU.
 */
export function activeFraction(activation: Activation, q: number): number {
  switch (activation.name) {
    case 'relu':
      return 1 / 2;
    case 'shifted-relu':
      return normalCumulative(activation.shift / Math.sqrt(q));
    case 'erf':
    case 'tanh':
      return 1;
  }
}
