import type { Split } from '@natsweep/datasets';
import type { LinalgEngine } from '@natsweep/linalg';
import { machineEpsilon } from '@natsweep/models';
import type { Architecture } from '@natsweep/models';
import { indistinguishableSamples } from './indistinguishable-samples.ts';
import { RefusedTrialError } from './refused-trial.ts';

export interface TrainedOn {
  readonly train: Split;
  readonly architecture: Architecture;
}

/**
 * Throws RefusedTrialError where the kernel that `user` inverts without damping is singular because of the training samples:
 * where two of them are indistinguishable to the network or, for a single layer, where they are linearly dependent. `user` names
 * what inverts it and the paper's condition.
 */
export function requireDistinctSamples(engine: LinalgEngine, trained: TrainedOn, user: string): void {
  if (trained.architecture.widths.length === 2) return requireIndependentInputs(engine, trained, user);
  const fault = indistinguishableSamples(trained.train, trained.architecture, machineEpsilon(engine));
  if (fault !== undefined)
    throw new RefusedTrialError(
      `${user} needs training samples that the network tells apart; ${fault}: take others, or a positive damping where there is one`,
    );
}

/**
 * Throws RefusedTrialError where Ã_0 = σ_w² XXᵀ/M_0 + σ_b² of the training samples is singular to rounding, that is where they
 * are linearly dependent (with the bias as one more input, if there is one).
 */
export function requireIndependentInputs(
  engine: LinalgEngine,
  { train: { inputs, samples }, architecture: { weightVariance, biasVariance } }: TrainedOn,
  user: string,
): void {
  const dimension = inputs.length / samples;
  const eigenvalues = engine.scope(() => {
    const rows = engine.tensor(inputs, [samples, dimension]);
    const gram = engine.matmul(rows, rows, { transposeB: true, scale: weightVariance / dimension });
    return engine.read(engine.eigh(engine.binary('add', gram, biasVariance)).values);
  });
  const cutoff = samples * machineEpsilon(engine) * eigenvalues.at(-1)!;
  const rank = eigenvalues.filter((value) => value > cutoff).length;
  if (rank < samples)
    throw new RefusedTrialError(
      `${user} needs linearly independent samples; the ${samples} samples have rank ${rank}: take fewer, or add damping`,
    );
}

/**
 * What the metrics of Karakida & Osawa 2020 need to have an inverse on the training samples without damping: K-FAC and the
 * unit-wise metric linearly independent samples (4.3 and 5), the others, which their derivations whiten as a whole or layer by
 * layer, distinct ones (Assumption 2; see `indistinguishableSamples`). Throws RefusedTrialError.
 */
export function requireRegularMetric(engine: LinalgEngine, trained: TrainedOn, approximation: string): void {
  if (approximation === 'kfac' || approximation === 'unit-wise')
    requireIndependentInputs(engine, trained, `${approximation} at damping 0 (Karakida & Osawa 2020, 4.3 and 5)`);
  else
    requireDistinctSamples(
      engine,
      trained,
      `${approximation} at damping 0 (Karakida & Osawa 2020, Assumption 2: ‖x_n‖ = 1 and x_n ≠ x_m)`,
    );
}
