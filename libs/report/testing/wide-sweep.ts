import type { Trial } from '@natsweep/sweep';
import type { Planted } from './planted-sweep.ts';

export const wideSweep = `name: planted-wide
experiment: wide-training
axes:
  depth: [3, 4]
  width: [256, 1024]
  approximation: [gradient-descent, exact, block-diagonal, block-tridiagonal, kfac]
  damping: { values: [0, 1e-6], when: "approximation != 'gradient-descent'" }
repeats: 3
objective: { metric: finalTrainLoss, goal: minimize }
`;

/**
 * What the paper predicts, with a deviation of c/√M that depends on trial and step in a fixed way. `slip` adds to the
 * decay exponent of block-diagonal trials: planted results that must not pass.
 */
export function wideFinding({ params, seed }: Trial, slip = 0): Planted & object {
  const natural = params['approximation'] !== 'gradient-descent';
  const rate = natural ? 0.25 + (params['approximation'] === 'block-diagonal' ? slip : 0) : 0.02;
  const wobble = (step: number) =>
    Math.sin(7 * seed + step + Number(params['depth'])) / Math.sqrt(Number(params['width']));
  const steps = Array.from({ length: 31 }, (_, step) => step);
  const start = 0.13 * (1 + 0.1 * seed);
  const theory = steps.map((t) => start * (1 - (natural ? 0.25 : 0.02)) ** (2 * t));
  const trainLoss = steps.map((t) => start * (1 - rate) ** (2 * t) * Math.exp(3 * wobble(t) * Math.sqrt(t)));
  const reached = trainLoss.findIndex((loss) => loss <= 0.01 * start);
  return {
    metrics: {
      initialTrainLoss: start,
      finalTrainLoss: trainLoss.at(-1)!,
      deviationFromTheory:
        ((natural ? 2.5 : 0.4) * (1 + 0.05 * seed)) / Math.sqrt(Number(params['width'])) + Math.abs(slip),
      stepsToLoss: reached < 0 ? null : reached,
    },
    traces: { trainLoss, trainLossTheory: theory },
  };
}
