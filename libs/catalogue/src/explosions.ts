import type { Measurement } from './declaration.ts';
import { metricOf } from './judging.ts';

export interface Explosions {
  /** Trials that diverged, or whose loss rose above twice its start. */
  readonly exploded: readonly Measurement[];
  /** Those, and all others whose peak loss was measured; a trial that has neither says nothing. */
  readonly measured: readonly Measurement[];
}

export function explosions(measurements: readonly Measurement[]): Explosions {
  const measured = measurements.filter((m) => m.outcome === 'diverged' || metricOf(m, 'peakLossRatio') !== undefined);
  const exploded = measured.filter((m) => m.outcome === 'diverged' || metricOf(m, 'peakLossRatio')! > 2);
  return { exploded, measured };
}
