/** ‖f − y‖²/(2N) for a residual [N, C]. */
export function squaredLoss(residual: Float64Array, samples: number): number {
  return residual.reduce((sum, value) => sum + value * value, 0) / (2 * samples);
}

/** Euclidean norm. */
export function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** max_t ‖measured_t − theory_t‖/‖measured_0‖ over the steps that were measured. */
export function largestDistance(measured: readonly Float64Array[], theory: readonly Float64Array[]): number {
  const distances = measured.map((values, t) => norm(values.map((value, i) => value - theory[t]![i]!)));
  return Math.max(...distances) / norm(measured[0]!);
}

/**
 * Share of samples classified correctly: for one output by its sign (0 counts as wrong for both classes), else by the
 * largest output.
 */
export function accuracy(outputs: Float64Array, targets: Float64Array, classes: number): number {
  const samples = outputs.length / classes;
  let correct = 0;
  for (let n = 0; n < samples; n++) {
    const [f, y] = [outputs, targets].map((values) => values.subarray(n * classes, (n + 1) * classes)) as [
      Float64Array,
      Float64Array,
    ];
    if (classes === 1 ? f[0]! * y[0]! > 0 : largest(f) === largest(y)) correct++;
  }
  return correct / samples;
}

function largest(values: Float64Array): number {
  return values.indexOf(values.reduce((most, value) => Math.max(most, value)));
}
