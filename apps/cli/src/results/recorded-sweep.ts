import { findDeclaration, type ExperimentDeclaration } from '@natsweep/catalogue';
import type { ResultsStore, StoredSweep } from '@natsweep/results';
import type { SweepSpec } from '@natsweep/sweep';

import { badInput } from '../exit.ts';
import { findByName } from '../sweep-views.ts';

/** A sweep as the database holds it, with what this natsweep knows of its experiment. */
export interface RecordedSweep {
  readonly stored: StoredSweep;
  readonly spec: SweepSpec;
  readonly declaration: ExperimentDeclaration;
}

export async function findRecordedSweep(results: ResultsStore, name: string): Promise<RecordedSweep> {
  const stored = (await results.getSweep(name)) ?? findByName(await results.listSweeps(), name);
  const declaration = findDeclaration(stored.experiment);
  if (declaration === undefined) {
    throw badInput(
      `${name} ran the experiment ${stored.experiment}, which this natsweep does not have: use the natsweep that ran it.`,
    );
  }
  return { stored, spec: JSON.parse(stored.spec) as SweepSpec, declaration };
}
