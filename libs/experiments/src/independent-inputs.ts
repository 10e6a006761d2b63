import type { LinalgEngine } from '@natsweep/linalg';
import { inputGram, machineEpsilon } from '@natsweep/models';
import type { Linearisation } from '@natsweep/models';
import { RefusedTrialError } from './refused-trial.ts';

/**
 * Throws RefusedTrialError where the inputs of the first layer (with the bias, if there is one) are linearly dependent to
 * rounding. K-FAC and the unit-wise metric at damping 0 are isotropic only for independent inputs (Karakida & Osawa 2020, 4.3
 * and 5); for the others samples that differ suffice.
 */
export function requireIndependentInputs(engine: LinalgEngine, at: Linearisation, approximation: string): void {
  const eigenvalues = engine.scope(() => engine.read(engine.eigh(inputGram(engine, at, at, 1)).values));
  const cutoff = at.samples * machineEpsilon(engine) * eigenvalues.at(-1)!;
  const rank = eigenvalues.filter((value) => value > cutoff).length;
  if (rank < at.samples)
    throw new RefusedTrialError(
      `${approximation} at damping 0 needs linearly independent samples (Karakida & Osawa 2020, 4.3 and 5); ` +
        `the ${at.samples} samples have rank ${rank}: take fewer, or add damping`,
    );
}
