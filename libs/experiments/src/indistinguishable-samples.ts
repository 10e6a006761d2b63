import { RandomStream } from '@natsweep/linalg';
import type { Split } from '@natsweep/datasets';
import type { Architecture } from '@natsweep/models';
import { norm } from './squared-loss.ts';

/**
 * Two training samples, as "training samples 1 and 6 are equal", that make every tangent kernel of a network of two layers or
 * more singular, or undefined if there are none. J(x′) ∝ J(x), whatever the weights, for
 *
 * - equal samples;
 * - without biases x′ = cx, c > 0 for ReLU, since then f(cx) = c f(x); x′ = −x for odd activations, since f(−x) = −f(x); and
 *   J(x) = 0 for x = 0.
 *
 * All others are told apart: at infinite width A_l and B_l are positive definite for 0 < l < L (Karakida & Osawa 2020, Lemmas
 * B.1 and B.2), and so are Θ_l = B_l ⊙ Ã_{l−1}/N, also where Ã_0 is singular: for B ≽ λI and A ≽ 0, B ⊙ A ≽ λ I ⊙ A, which is
 * positive on a diagonal without zeros. More samples than inputs are no fault; one layer alone is linear and needs independent
 * samples. Not tested is the one exception, two layers of ReLU without biases with more opposite pairs x, −x than inputs:
 * f(x) − f(−x) is linear in x there.
 *
 * Samples nearer than √ε of their length count as equal: smooth kernels separate them by the square of their distance.
 */
export function indistinguishableSamples(
  { inputs, samples }: Split,
  { activation, biasVariance }: Architecture,
  epsilon: number,
): string | undefined {
  const dimension = inputs.length / samples;
  const hasBiases = biasVariance > 0;
  const scales = !hasBiases && activation.name === 'relu';
  const isOdd = !hasBiases && (activation.name === 'tanh' || activation.name === 'erf');
  const rows = Array.from({ length: samples }, (_, n) => inputs.subarray(n * dimension, (n + 1) * dimension));
  const zero = hasBiases ? -1 : rows.findIndex((row) => norm(row) === 0);
  if (zero >= 0) return `training sample ${zero + 1} is zero and there are no biases`;

  const compared = scales ? rows.map(toUnitNorm) : rows;
  const tolerance = Math.sqrt(epsilon) * Math.max(...compared.map(norm));
  for (const [m, n] of nearPairs(compared, { tolerance, isOdd })) {
    const pair = `training samples ${Math.min(m, n) + 1} and ${Math.max(m, n) + 1}`;
    if (distance(rows[m]!, rows[n]!, -1) <= tolerance) return `${pair} are equal`;
    if (scales && distance(compared[m]!, compared[n]!, -1) <= tolerance)
      return `${pair} differ by a factor, which ReLU without biases passes on to the outputs`;
    if (isOdd && distance(rows[m]!, rows[n]!, 1) <= tolerance)
      return `${pair} differ in sign, which ${activation.name} without biases passes on to the outputs`;
  }
  return undefined;
}

const directionCount = 4;

/** Every pair of rows within the tolerance, and few others: those whose projections on some random directions are near. */
function* nearPairs(
  rows: readonly Float64Array[],
  { tolerance, isOdd }: { readonly tolerance: number; readonly isOdd: boolean },
): Iterable<readonly [number, number]> {
  const stream = new RandomStream(0, 'indistinguishable-samples');
  const directions = Array.from({ length: directionCount }, () => stream.normals(rows[0]?.length ?? 0));
  const reach = tolerance * Math.max(...directions.map(norm));
  const projections = rows.map((row) =>
    directions.map((direction) => {
      const projection = row.reduce((sum, value, i) => sum + value * direction[i]!, 0);
      return isOdd ? Math.abs(projection) : projection;
    }),
  );
  const isNear = (m: number, n: number) =>
    projections[m]!.every((projection, k) => Math.abs(projection - projections[n]![k]!) <= reach);
  const order = Array.from(rows.keys()).sort((m, n) => projections[m]![0]! - projections[n]![0]!);
  for (let i = 0; i < order.length; i++)
    for (let j = i + 1; j < order.length; j++) {
      const [m, n] = [order[i]!, order[j]!];
      if (projections[n]![0]! - projections[m]![0]! > reach) break;
      if (isNear(m, n)) yield [m, n];
    }
}

function toUnitNorm(row: Float64Array): Float64Array {
  const length = norm(row);
  return row.map((value) => value / length);
}

/** ‖a + sign b‖ */
function distance(a: Float64Array, b: Float64Array, sign: 1 | -1): number {
  return norm(a.map((value, i) => value + sign * b[i]!));
}
