import { findDeclaration, type ExperimentDeclaration, type Measurement } from '@natsweep/catalogue';
import type { ResultsStore, Selection, StoredSweep, SweepCounts } from '@natsweep/results';
import { presentParameters, type FailedTrial, type SweepSpec } from '@natsweep/sweep';
import { provenanceOf, type Provenance } from './provenance.ts';

/** A sweep as the report sees it: what was asked, how far it came, and what was found, without traces. */
export interface SweepResults {
  readonly sweep: StoredSweep;
  readonly spec: SweepSpec;
  readonly declaration: ExperimentDeclaration;
  readonly counts: SweepCounts;
  /** Every observation, in the order of the grid. */
  readonly measurements: readonly RecordedMeasurement[];
  /** The same without the parameters whose axis is absent at the trial: what tables and exploring figures group by. */
  readonly placed: readonly RecordedMeasurement[];
  readonly failures: readonly FailedTrial[];
  readonly provenance: Provenance;
}

export interface RecordedMeasurement extends Measurement {
  readonly trialId: string;
  readonly index: number;
  readonly elapsedSeconds: number;
}

/** The database holds no sweep of this name, or its experiment is not in this version of natsweep. */
export class UnknownSweepError extends Error {
  override readonly name = 'UnknownSweepError';
}

/** Throws `UnknownSweepError`. */
export async function loadSweepResults(
  store: ResultsStore,
  name: string,
  selection: Selection = {},
): Promise<SweepResults> {
  const sweep = await store.getSweep(name);
  if (sweep === undefined) throw new UnknownSweepError(`There is no sweep ${name} in the results database.`);
  const declaration = findDeclaration(sweep.experiment);
  if (declaration === undefined) {
    throw new UnknownSweepError(
      `Sweep ${name} is of experiment ${sweep.experiment}, which this natsweep does not know.`,
    );
  }
  const rows = await store.rows(name, selection);
  const measurements = rows.flatMap((row) =>
    row.kind === 'observation'
      ? [
          {
            trialId: row.trialId,
            index: row.index,
            params: row.params,
            seed: row.seed,
            outcome: row.outcome,
            metrics: row.metrics,
            elapsedSeconds: row.attempt.elapsedSeconds,
          },
        ]
      : [],
  );
  const spec = JSON.parse(sweep.spec) as SweepSpec;
  const present = presentParameters(spec, declaration);
  return {
    sweep,
    spec,
    declaration,
    counts: await store.counts(name),
    measurements,
    placed: measurements.map((measurement) => {
      const params = present(measurement.params);
      return params === measurement.params ? measurement : { ...measurement, params };
    }),
    failures: rows.filter((row) => row.kind === 'failed'),
    provenance: provenanceOf(rows),
  };
}
