import { DatasetError } from './dataset.ts';

/**
 * Targets of a classification task.
 *
 * - Two classes: one output, +magnitude for the first class of the list and −magnitude for the second (0.5 in the code
 *   of Karakida & Osawa; ±1 makes the initial residual, and with it every finite-width deviation, larger).
 * - More classes: one output each, 1 for the class and 0 for the others.
 */
export function classTargets(labels: ArrayLike<number>, classes: readonly number[], magnitude: number): Float64Array {
  const position = new Map(classes.map((label, index) => [label, index]));
  const outputs = classes.length === 2 ? 1 : classes.length;
  const targets = new Float64Array(labels.length * outputs);
  for (let n = 0; n < labels.length; n++) {
    const index = position.get(labels[n]!);
    if (index === undefined) throw new DatasetError(`label ${labels[n]} is not among the classes ${classes.join(',')}`);
    if (outputs === 1) targets[n] = index === 0 ? magnitude : -magnitude;
    else targets[n * outputs + index] = 1;
  }
  return targets;
}
