export interface SoftmaxTrajectoryOptions {
  readonly classes: number;
  /** ηα: learning rate times isotropy constant. */
  readonly rate: number;
  /** ρ̃ > 0 */
  readonly outputDamping: number;
  readonly steps: number;
}

/**
 * Probabilities σ_t [N, C], t = 0 … steps, of a linearised network under natural gradient descent on the cross-entropy loss at
 * ρ = 0 with any layer-wise metric: f_{t+1} = f_t − ηα (Λ_t + ρ̃I)⁻¹ (σ_t − y), the discrete form of Karakida & Osawa 2020,
 * S.163 and S.168. (Λ + ρ̃I)⁻¹ by Sherman and Morrison, O(C) per sample.
 */
export function softmaxTrajectory(
  logits0: Float64Array,
  targets: Float64Array,
  { classes, rate, outputDamping, steps }: SoftmaxTrajectoryOptions,
): Float64Array[] {
  let logits = logits0;
  const probabilities = [softmaxRows(logits, classes)];
  for (let t = 0; t < steps; t++) {
    const sigma = probabilities[t]!;
    const next = Float64Array.from(logits);
    for (let start = 0; start < logits.length; start += classes) {
      const move = outputStep(
        sigma.subarray(start, start + classes),
        targets.subarray(start, start + classes),
        outputDamping,
      );
      move.forEach((value, k) => (next[start + k]! -= rate * value));
    }
    logits = next;
    probabilities.push(softmaxRows(logits, classes));
  }
  return probabilities;
}

/** (diag p − ppᵀ + ρ̃I)⁻¹ (p − y). */
function outputStep(p: Float64Array, y: Float64Array, outputDamping: number): Float64Array {
  const diagonal = p.map((value) => value + outputDamping);
  const scaled = p.map((value, k) => (value - y[k]!) / diagonal[k]!);
  const weight = p.map((value, k) => value / diagonal[k]!);
  const projection = p.reduce((sum, value, k) => sum + value * scaled[k]!, 0);
  const denominator = 1 - p.reduce((sum, value, k) => sum + value * weight[k]!, 0);
  return scaled.map((value, k) => value + (weight[k]! * projection) / denominator);
}

function softmaxRows(logits: Float64Array, classes: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const largest = Math.max(...row);
    const exponentials = row.map((value) => Math.exp(value - largest));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    exponentials.forEach((value, k) => (probabilities[start + k] = value / total));
  }
  return probabilities;
}
