import { findDeclaration, type ExperimentDeclaration, type Measurement } from '@natsweep/catalogue';
import type { ResultsStore, Selection, StoredSweep, SweepCounts } from '@natsweep/results';
import { presentParameters, type FailedTrial, type SweepSpec } from '@natsweep/sweep';
import { ParameterPool, type Point } from './parameter-pool.ts';
import { ProvenanceCounter, type Provenance } from './provenance.ts';

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
  /** The first few; `counts.failed` is how many there are. */
  readonly failures: readonly FailedTrial[];
  readonly provenance: Provenance;
}

export interface RecordedMeasurement extends Measurement {
  readonly trialId: string;
  readonly index: number;
}

/** The database holds no sweep of this name, or its experiment is not in this version of natsweep. */
export class UnknownSweepError extends Error {
  override readonly name = 'UnknownSweepError';
}

const FAILURES = 20;

/** Throws `UnknownSweepError`. Rows are read as a stream: of each the parameters, shared by its seeds, and metrics stay. */
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
  const spec = JSON.parse(sweep.spec) as SweepSpec;
  const pool = new ParameterPool(presentParameters(spec, declaration));
  const provenance = new ProvenanceCounter();
  const found: { readonly measurement: RecordedMeasurement; readonly point: Point }[] = [];
  for await (const row of store.allRows(name, selection)) {
    provenance.add(row);
    if (row.kind === 'failed') continue;
    const { trialId, index, seed, outcome, metrics } = row;
    const point = pool.intern(row.params);
    found.push({ point, measurement: { trialId, index, params: point.params, seed, outcome, metrics } });
  }
  found.sort((a, b) => a.measurement.index - b.measurement.index);
  return {
    sweep,
    spec,
    declaration,
    counts: await store.counts(name),
    measurements: found.map(({ measurement }) => measurement),
    placed: found.map(({ measurement, point: { params, placed } }) =>
      placed === params ? measurement : { ...measurement, params: placed },
    ),
    failures: (await store.rows(name, { ...selection, kind: 'failed', limit: FAILURES })) as readonly FailedTrial[],
    provenance: provenance.result(),
  };
}
