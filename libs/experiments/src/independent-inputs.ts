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

/** Who inverts a kernel without damping, for the text of a refusal. */
export interface Inversion {
  /** What inverts it and the paper's condition. */
  readonly user: string;
  /** What helps besides other samples, such as "add damping"; nothing by default. */
  readonly remedy?: string | undefined;
}

/**
 * Throws RefusedTrialError where the kernel that is inverted without damping is singular because of the training samples:
 * where two of them are indistinguishable to the network or, for a single layer, where they are linearly dependent.
 */
export function requireDistinctSamples(engine: LinalgEngine, trained: TrainedOn, inversion: Inversion): void {
  if (trained.architecture.widths.length === 2) return requireIndependentInputs(engine, trained, inversion);
  const fault = indistinguishableSamples(trained.train, trained.architecture, machineEpsilon(engine));
  if (fault !== undefined)
    throw new RefusedTrialError(
      `${inversion.user} needs training samples that the network tells apart; ${fault}: take others${orRemedy(inversion)}`,
    );
}

/**
 * Throws RefusedTrialError where Ã_0 = σ_w² XXᵀ/M_0 + σ_b² of the training samples is singular to rounding, that is where they
 * are linearly dependent (with the bias as one more input, if there is one).
 */
export function requireIndependentInputs(
  engine: LinalgEngine,
  { train: { inputs, samples }, architecture: { weightVariance, biasVariance } }: TrainedOn,
  inversion: Inversion,
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
      `${inversion.user} needs linearly independent samples; the ${samples} samples have rank ${rank}: take fewer${orRemedy(inversion)}`,
    );
}

const orRemedy = ({ remedy }: Inversion): string => (remedy === undefined ? '' : `, or ${remedy}`);

/**
 * What the metrics of Karakida & Osawa 2020 need to have an inverse on the training samples without damping: K-FAC and the
 * unit-wise metric linearly independent samples (4.3 and 5), the others, which their derivations whiten as a whole or layer by
 * layer, distinct ones (Assumption 2; see `indistinguishableSamples`). Throws RefusedTrialError.
 */
export function requireRegularMetric(
  engine: LinalgEngine,
  trained: TrainedOn,
  { approximation, remedy }: { readonly approximation: string } & Pick<Inversion, 'remedy'>,
): void {
  const needs = (condition: string): Inversion => ({
    user: `${approximation} at damping 0 (Karakida & Osawa 2020, ${condition})`,
    remedy,
  });
  if (approximation === 'kfac' || approximation === 'unit-wise')
    requireIndependentInputs(engine, trained, needs('4.3 and 5'));
  else requireDistinctSamples(engine, trained, needs('Assumption 2: ‖x_n‖ = 1 and x_n ≠ x_m'));
}
