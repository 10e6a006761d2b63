import assert from 'node:assert/strict';
import { tolerances } from './tolerances.ts';
import type { Tolerance } from './tolerances.ts';

/**
 * Throws unless both have the same length and |actual − expected| ≤ atol + rtol · |expected| everywhere; NaN equals NaN,
 * and infinities equal themselves. Default tolerance: `accumulated` of float64.
 */
export function assertClose(
  actual: ArrayLike<number> | number,
  expected: ArrayLike<number> | number,
  { rtol, atol }: Tolerance = tolerances.float64.accumulated,
): void {
  const as = typeof actual === 'number' ? [actual] : actual;
  const es = typeof expected === 'number' ? [expected] : expected;
  assert.equal(as.length, es.length, `expected ${es.length} values, got ${as.length}`);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < es.length; i++) {
    const a = as[i]!;
    const e = es[i]!;
    if (Object.is(a, e) || a === e) continue;
    const ratio = Math.abs(a - e) / (atol + rtol * Math.abs(e));
    if (ratio <= 1 || ratio <= excess) continue;
    worst = i;
    excess = Number.isNaN(ratio) ? Infinity : ratio;
  }
  if (worst >= 0)
    assert.fail(
      `value ${worst} of ${es.length}: expected ${es[worst]}, got ${as[worst]} ` +
        `(${excess.toPrecision(3)} times the tolerance rtol ${rtol}, atol ${atol})`,
    );
}
