import { findDeclaration, type ExperimentDeclaration } from '@natsweep/catalogue';
import type { MeasuredTrial, ResultsStore, StoredSweep } from '@natsweep/results';
import { presentParameters, type SweepSpec } from '@natsweep/sweep';
import { changePoints } from './points.ts';

/** What a sweep was asked to be. */
export interface RecordedSweep {
  readonly sweep: StoredSweep;
  readonly spec: SweepSpec;
  readonly declaration: ExperimentDeclaration;
}

/** The database holds no sweep of this name, or its experiment is not in this version of natsweep. */
export class UnknownSweepError extends Error {
  override readonly name = 'UnknownSweepError';
}

/** Throws `UnknownSweepError`. */
export async function findRecordedSweep(store: ResultsStore, name: string): Promise<RecordedSweep> {
  const sweep = await store.getSweep(name);
  if (sweep === undefined) throw new UnknownSweepError(`There is no sweep ${name} in the results database.`);
  const declaration = findDeclaration(sweep.experiment);
  if (declaration === undefined) {
    throw new UnknownSweepError(
      `Sweep ${name} is of experiment ${sweep.experiment}, which this natsweep does not know.`,
    );
  }
  return { sweep, spec: JSON.parse(sweep.spec) as SweepSpec, declaration };
}

export interface RecordedTrials {
  /** In the order of the grid. */
  readonly measurements: readonly MeasuredTrial[];
  /** The same without the parameters whose axis is absent at the trial: what tables and exploring figures group by. */
  readonly placed: readonly MeasuredTrial[];
}

/** All observations of a sweep. */
export async function loadTrials(
  store: ResultsStore,
  { sweep, spec, declaration }: RecordedSweep,
): Promise<RecordedTrials> {
  const measurements: MeasuredTrial[] = [];
  for await (const trials of store.measured(sweep.name)) for (const trial of trials) measurements.push(trial);
  measurements.sort((a, b) => a.index - b.index);
  return { measurements, placed: changePoints(measurements, presentParameters(spec, declaration)) };
}
