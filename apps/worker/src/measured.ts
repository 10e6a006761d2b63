import type { Measured } from '@natsweep/sweep';

/** A number as JSON can hold it: null stands for NaN and the infinities. */
export function measured(value: number): Measured {
  return Number.isFinite(value) ? value : null;
}

export function measuredTrace(values: ArrayLike<number>): Measured[] {
  return Array.from(values, measured);
}
