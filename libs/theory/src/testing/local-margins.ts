import type { SignedInputs } from '../large-margin.ts';

export interface LocalMargin {
  readonly separator: Float64Array;
  /** Σ|β_i|^p. */
  readonly cost: number;
}

/**
 * Every local minimum of Σ|β_i|^p over X̃β ≥ 1 for p < 1, cheapest first, by trying all supports S of β and all sets A of as many
 * data of margin 1: the cost is concave in every orthant, so a minimum is a vertex, X̃_AS β_S = 1; it is one where the other data
 * have margins above 1 and the multipliers X̃_ASᵀα = |β_S|^{p−1} sign β_S are positive. Off the support the slope of the cost is
 * infinite, so nothing is asked there. For data in general position, and few of them: C(N + D, D) systems.
 */
export function localMargins(inputs: SignedInputs, power: number): readonly LocalMargin[] {
  const { samples, dimension } = inputs;
  const at = (n: number, i: number) => inputs.values[n * dimension + i]!;
  const found: LocalMargin[] = [];
  for (let count = 1; count <= Math.min(samples, dimension); count++)
    for (const support of subsets(dimension, count))
      for (const active of subsets(samples, count)) {
        const rows = active.map((n) => support.map((i) => at(n, i)));
        const beta = solve(rows, new Array<number>(count).fill(1));
        if (beta === undefined || beta.some((value) => Math.abs(value) < 1e-9)) continue;
        const margin = (n: number) => support.reduce((sum, i, k) => sum + at(n, i) * beta[k]!, 0);
        if (Array.from({ length: samples }, (_, n) => n).some((n) => !active.includes(n) && margin(n) < 1)) continue;
        const slopes = beta.map((value) => Math.sign(value) * Math.abs(value) ** (power - 1));
        const columns = support.map((_, k) => rows.map((row) => row[k]!));
        if (!solve(columns, slopes)!.every((multiplier) => multiplier > 0)) continue;
        const separator = new Float64Array(dimension);
        support.forEach((i, k) => (separator[i] = beta[k]!));
        found.push({ separator, cost: beta.reduce((sum, value) => sum + Math.abs(value) ** power, 0) });
      }
  return found.toSorted((a, b) => a.cost - b.cost);
}

/** All ascending choices of `count` of 0 … n − 1. */
function subsets(n: number, count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return Array.from({ length: n }, (_, last) => last).flatMap((last) =>
    subsets(last, count - 1).map((rest) => [...rest, last]),
  );
}

/** x with A x = b by elimination with row exchanges; undefined for a singular A. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.findIndex(
      (row, i) => i >= k && Math.abs(row[k]!) === Math.max(...rows.slice(k).map((r) => Math.abs(r[k]!))),
    );
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    if (Math.abs(rows[k]![k]!) < 1e-12) return undefined;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k]![k]!;
      rows[i] = rows[i]!.map((value, j) => value - factor * rows[k]![j]!);
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}
