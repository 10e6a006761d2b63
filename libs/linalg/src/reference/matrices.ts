import { NonFiniteError } from '../errors.ts';
import { sizeOf } from '../shapes.ts';
import type { Shape } from '../engine.ts';

/** A dense matrix in row-major order. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export const at = (a: Matrix, i: number, j: number): number => a.values[i * a.columns + j]!;

export const set = (a: Matrix, i: number, j: number, value: number): void => {
  a.values[i * a.columns + j] = value;
};

export const zeros = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  values: new Float64Array(rows * columns),
});

/** The matrix with the given entries. */
export function build(rows: number, columns: number, entry: (i: number, j: number) => number): Matrix {
  const matrix = zeros(rows, columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) set(matrix, i, j, entry(i, j));
  return matrix;
}

export const identity = (n: number): Matrix => build(n, n, (i, j) => (i === j ? 1 : 0));

export const transposed = (a: Matrix): Matrix => build(a.columns, a.rows, (i, j) => at(a, j, i));

export const columnsOf = (a: Matrix, order: readonly number[]): Matrix =>
  build(a.rows, order.length, (i, j) => at(a, i, order[j]!));

/** √Σ x² without overflow. `Math.hypot` takes each value as an argument, so a large matrix would overflow the stack. */
export function norm(values: Float64Array): number {
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return largest === 0 ? 0 : largest * Math.sqrt(values.reduce((sum, x) => sum + (x / largest) ** 2, 0));
}

/** The matrices in the last two dimensions of a tensor, in flat batch order, as copies. */
export function matricesOf(values: Float64Array, shape: Shape): Matrix[] {
  const rows = shape.at(-2)!;
  const columns = shape.at(-1)!;
  return Array.from({ length: sizeOf(shape.slice(0, -2)) }, (_, b) => ({
    rows,
    columns,
    values: values.slice(b * rows * columns, (b + 1) * rows * columns),
  }));
}

/** Throws `NonFiniteError` for the first matrix with NaN or infinite entries. */
export function checkFinite(operation: string, matrices: readonly Matrix[]): void {
  matrices.forEach((matrix, b) => {
    if (!matrix.values.every(Number.isFinite)) throw new NonFiniteError(operation, b);
  });
}
