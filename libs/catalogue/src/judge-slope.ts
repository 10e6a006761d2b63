import type { Measurement, Verdict } from './declaration.ts';
import { verdict } from './judging.ts';
import { formatSlopes } from './slopes.ts';
import { spread } from './spread.ts';

/** Activations with a continuous derivative. */
export const isSmooth = ({ params }: Measurement): boolean =>
  params['activation'] === 'tanh' || params['activation'] === 'erf';

/** A verdict on the mean of some slopes. */
export function judgeSlope(
  slopes: readonly number[],
  { holds, ...texts }: { expected: string; threshold: string; holds: (mean: number) => boolean; missing: string },
): Verdict {
  return verdict(slopes.length > 0 ? holds(spread(slopes).mean) : undefined, {
    ...texts,
    measured: formatSlopes(slopes),
  });
}
