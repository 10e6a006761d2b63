import type { Measured } from '@natsweep/sweep';

import { formatNumber } from './format.ts';

const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * A trace as one line of bars with its ends, e.g. "█▆▄▂▁  0.13 → 1.2e-6 (log)". On a log scale where all values are
 * positive and span two decades or more; a value that was not finite is "×".
 */
export function renderSparkline(values: readonly Measured[], width: number): string {
  const finite = values.filter((value) => value !== null);
  if (finite.length === 0) return 'no finite value';
  const lowest = finite.reduce((a, b) => Math.min(a, b));
  const highest = finite.reduce((a, b) => Math.max(a, b));
  const log = lowest > 0 && highest / lowest >= 100;
  const scale = log ? Math.log : (value: number) => value;
  const span = scale(highest) - scale(lowest);
  const bars = thin(values, width).map((value) => {
    if (value === null) return '×';
    const height = span === 0 ? 0 : (scale(value) - scale(lowest)) / span;
    return levels[Math.min(levels.length - 1, Math.floor(height * levels.length))]!;
  });
  const [first, last] = [values[0], values.at(-1)].map((value) =>
    value === null || value === undefined ? '×' : formatNumber(value, 3),
  );
  return `${bars.join('')}  ${first} → ${last}${log ? ' (log)' : ''}`;
}

/** At most `width` of the values, evenly spaced, both ends among them. */
function thin(values: readonly Measured[], width: number): readonly Measured[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, i) => values[Math.round((i * (values.length - 1)) / (width - 1))]!);
}
