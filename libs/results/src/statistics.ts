import { finite } from './moments.ts';
import type { Statistic } from './moments.ts';
import type { GroupMetric } from './store.ts';
import { studentT95 } from './student-t.ts';

/** With Student's t confidence half-width, t·s/√n. */
export function groupMetric([count, mean, standardDeviation, greatest]: Statistic): GroupMetric {
  const confidence95 =
    standardDeviation === null ? null : finite((tOf(count - 1) * standardDeviation) / Math.sqrt(count));
  return { count, mean, standardDeviation, confidence95, greatest };
}

const known = new Map<number, number>();

/** Groups of one sweep mostly have one size. */
function tOf(degrees: number): number {
  let t = known.get(degrees);
  if (t === undefined) known.set(degrees, (t = studentT95(degrees)));
  return t;
}
