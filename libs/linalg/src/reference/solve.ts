import { at, build, set } from './matrices.ts';
import type { Matrix } from './matrices.ts';

/** x with a x = b by substitution; a lower or upper triangular. undefined where a diagonal entry is zero. */
export function substitute(a: Matrix, b: Matrix, lower: boolean): Matrix | undefined {
  const x = build(b.rows, b.columns, (i, j) => at(b, i, j));
  for (let step = 0; step < a.rows; step++) {
    const i = lower ? step : a.rows - 1 - step;
    if (at(a, i, i) === 0) return undefined;
    for (let j = 0; j < b.columns; j++) {
      let rest = at(b, i, j);
      for (let done = 0; done < step; done++) {
        const k = lower ? done : a.rows - 1 - done;
        rest -= at(a, i, k) * at(x, k, j);
      }
      set(x, i, j, rest / at(a, i, i));
    }
  }
  return x;
}

/** x with a x = b by Gaussian elimination with row pivoting; undefined where a pivot is zero or not finite. */
export function eliminate(a: Matrix, b: Matrix): Matrix | undefined {
  const n = a.rows;
  const rows = Array.from({ length: n }, (_, i) => [
    ...a.values.subarray(i * n, (i + 1) * n),
    ...b.values.subarray(i * b.columns, (i + 1) * b.columns),
  ]);
  for (let j = 0; j < n; j++) {
    let pivotRow = j;
    for (let i = j; i < n; i++) if (Math.abs(rows[i]![j]!) > Math.abs(rows[pivotRow]![j]!)) pivotRow = i;
    [rows[j], rows[pivotRow]] = [rows[pivotRow]!, rows[j]!];
    const pivot = rows[j]![j]!;
    if (pivot === 0 || !rows.every((row) => row.slice(0, n).every(Number.isFinite))) return undefined;
    for (let i = j + 1; i < n; i++) {
      const ratio = rows[i]![j]! / pivot;
      for (let k = j; k < n + b.columns; k++) rows[i]![k]! -= ratio * rows[j]![k]!;
    }
  }
  const upper = build(n, n, (i, j) => rows[i]![j]!);
  return substitute(
    upper,
    build(n, b.columns, (i, j) => rows[i]![n + j]!),
    false,
  );
}
