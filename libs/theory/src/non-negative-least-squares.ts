/** Gradients of a support this small beside 1 are rounding. */
const TOLERANCE = 1e-10;

/**
 * The non-negative α that minimises ½ αᵀKα − 1ᵀα for a positive semi-definite K [n, n], by the active set method of Lawson &
 * Hanson 1974 (ch. 23): data enter one by one where the gradient 1 − Kα is largest, and leave where their α would turn negative. It
 * ends in finitely many steps, at the optimality conditions Kα ≥ 1, with equality where α > 0.
 */
export function nonNegativeLeastSquares(gram: Float64Array, n: number): Float64Array {
  const alpha = new Float64Array(n);
  let support: readonly number[] = [];
  for (;;) {
    const gradient = gradientOf(gram, alpha, support);
    const entering = largestOutside(gradient, support);
    if (entering === undefined || gradient[entering]! <= TOLERANCE) return alpha;
    support = [...support, entering];
    let target = solveOn(gram, n, support);
    // what has just entered has a positive α but for rounding, which must not make it enter again for ever
    if (target === undefined || target.at(-1)! <= 0) return alpha;
    while (target !== undefined && target.some((value) => value <= 0)) {
      const shares = support.map((i, k) => (target![k]! <= 0 ? alpha[i]! / (alpha[i]! - target![k]!) : Infinity));
      const share = Math.min(...shares);
      support.forEach((i, k) => (alpha[i]! += share * (target![k]! - alpha[i]!)));
      const leaving = support.filter((_, k) => shares[k] === share);
      for (const i of leaving) alpha[i] = 0;
      support = support.filter((i) => !leaving.includes(i));
      target = solveOn(gram, n, support);
    }
    if (target === undefined) return alpha;
    for (const [k, i] of support.entries()) alpha[i] = target[k]!;
  }
}

/** 1 − Kα. */
function gradientOf(gram: Float64Array, alpha: Float64Array, support: readonly number[]): Float64Array {
  const n = alpha.length;
  const gradient = new Float64Array(n).fill(1);
  for (const j of support) for (let i = 0; i < n; i++) gradient[i]! -= gram[j * n + i]! * alpha[j]!;
  return gradient;
}

function largestOutside(gradient: Float64Array, support: readonly number[]): number | undefined {
  const isInside = new Set(support);
  let largest: number | undefined;
  for (let i = 0; i < gradient.length; i++)
    if (!isInside.has(i) && (largest === undefined || gradient[i]! > gradient[largest]!)) largest = i;
  return largest;
}

/** K_SS⁻¹ 1 by Cholesky; undefined where the rows of the support depend on one another. */
function solveOn(gram: Float64Array, n: number, support: readonly number[]): Float64Array | undefined {
  const k = support.length;
  const factor = new Float64Array(k * k);
  const solution = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = gram[support[i]! * n + support[j]!]!;
      for (let m = 0; m < j; m++) sum -= factor[i * k + m]! * factor[j * k + m]!;
      if (j < i) factor[i * k + j] = sum / factor[j * k + j]!;
      else if (sum > TOLERANCE ** 1.5 * gram[support[i]! * (n + 1)]!) factor[i * (k + 1)] = Math.sqrt(sum);
      else return undefined;
    }
    let sum = 1;
    for (let m = 0; m < i; m++) sum -= factor[i * k + m]! * solution[m]!;
    solution[i] = sum / factor[i * (k + 1)]!;
  }
  for (let i = k - 1; i >= 0; i--) {
    for (let m = i + 1; m < k; m++) solution[i]! -= factor[m * k + i]! * solution[m]!;
    solution[i]! /= factor[i * (k + 1)]!;
  }
  return solution;
}
