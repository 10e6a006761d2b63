import type { ExperimentDeclaration } from '@natsweep/catalogue';
import type { ResultsStore } from '@natsweep/results';

import { structuralKey } from './groups.ts';

/** Mean seconds of a trial by structural group. */
export type Durations = ReadonlyMap<string, number>;

const rowsRead = 50_000;

/** From what earlier sweeps of the experiment recorded, the newest first, within a bounded number of records. */
export async function recordedDurations(results: ResultsStore, declaration: ExperimentDeclaration): Promise<Durations> {
  const sums = new Map<string, { seconds: number; trials: number }>();
  const sweeps = (await results.listSweeps()).filter(
    ({ experiment, experimentVersion }) => experiment === declaration.name && experimentVersion === declaration.version,
  );
  let left = rowsRead;
  for (const { name } of sweeps.reverse()) {
    for await (const { params, attempt } of results.allRows(name, { kind: 'observation' })) {
      if (left-- <= 0) break;
      const key = structuralKey(params, declaration);
      const sum = sums.get(key) ?? { seconds: 0, trials: 0 };
      sums.set(key, { seconds: sum.seconds + attempt.elapsedSeconds, trials: sum.trials + 1 });
    }
  }
  return new Map([...sums].map(([key, { seconds, trials }]) => [key, seconds / trials]));
}
