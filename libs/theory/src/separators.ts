/** cos ∠(a, b); 0 where one of them vanishes. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    squareA += a[i]! ** 2;
    squareB += b[i]! ** 2;
  }
  if (squareA === 0 || squareB === 0) return 0;
  return Math.max(-1, Math.min(1, product / Math.sqrt(squareA) / Math.sqrt(squareB)));
}

/**
 * Test accuracy of the classifier sign(xᵀβ) on x ~ N(0, I) labelled by sign(xᵀβ*), exactly and without a test set:
 * 1 − ∠(β, β*)/π.
 */
export function gaussianAccuracy(separator: ArrayLike<number>, truth: ArrayLike<number>): number {
  return 1 - Math.acos(cosine(separator, truth)) / Math.PI;
}

/** ‖β‖_p = (Σ|β_i|^p)^{1/p}, a quasi-norm for p < 1; the largest |β_i| for p = ∞. */
export function powerNorm(values: ArrayLike<number>, power: number): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  if (largest === 0 || power === Infinity) return largest;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (Math.abs(values[i]!) / largest) ** power;
  return largest * sum ** (1 / power);
}
