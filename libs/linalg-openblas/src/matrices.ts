import { NonFiniteError } from '@natsweep/linalg';
import type { FloatArray } from './routines.ts';

/** The values of matrix `index` of a batch of matrices with `size` entries. */
export const part = (values: FloatArray, index: number, size: number): FloatArray =>
  values.length === size ? values : values.subarray(index * size, (index + 1) * size);

/** x − x is 0 for every finite number, else NaN. */
export function allFinite(values: FloatArray): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  return sum === 0;
}

/** Throws `NonFiniteError` for the first matrix with NaN or infinities, above the diagonal only if that is read. */
export function checkMatrices(
  operation: string,
  values: FloatArray,
  { rows, columns, lowerOnly }: { rows: number; columns: number; lowerOnly: boolean },
): void {
  if (allFinite(values)) return;
  const size = rows * columns;
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor((i % size) / columns);
    if (Number.isFinite(values[i]!) || (lowerOnly && i % columns > row)) continue;
    throw new NonFiniteError(operation, Math.floor(i / size));
  }
}
