import type { ExperimentDeclaration } from '@natsweep/catalogue';
import type { GroupRow, ResultsStore } from '@natsweep/results';

import { structuralKey } from './groups.ts';

/** What a trial of a structural group takes; undefined where that is not known. */
export interface Cost {
  readonly secondsPerTrial: number | undefined;
  /** Most memory that the trial process of any had resident. */
  readonly memoryBytes: number | undefined;
}

export type Costs = ReadonlyMap<string, Cost>;

/** Sweeps looked at. */
const newestSweeps = 20;
const measured = { secondsPerTrial: 'elapsedSeconds', memoryBytes: 'peakMemoryBytes' } as const;

/**
 * The mean time and the greatest memory of what the newest sweeps of the experiment recorded, by structural group; computed in the
 * database.
 */
export async function recordedCosts(results: ResultsStore, declaration: ExperimentDeclaration): Promise<Costs> {
  const sweeps = (await results.listSweeps()).filter(
    ({ experiment, experimentVersion }) => experiment === declaration.name && experimentVersion === declaration.version,
  );
  const rows: GroupRow[] = [];
  for (const { name } of sweeps.slice(-newestSweeps)) {
    const { observed } = await results.counts(name);
    if (observed > 0)
      rows.push(...(await results.groups(name, declaration.structuralParameters, Object.values(measured))));
  }
  const groups = Map.groupBy(rows, ({ group }) => structuralKey(group, declaration));
  return new Map(
    [...groups].map(([key, same]) => [
      key,
      { secondsPerTrial: mean(same, measured.secondsPerTrial), memoryBytes: greatest(same, measured.memoryBytes) },
    ]),
  );
}

function greatest(groups: readonly GroupRow[], metric: string): number | undefined {
  const found = groups.flatMap(({ metrics }) => metrics[metric]?.greatest ?? []);
  return found.length === 0 ? undefined : Math.max(...found);
}

/** Over all trials of these groups that measured it. */
function mean(groups: readonly GroupRow[], metric: string): number | undefined {
  const parts = groups.map(({ metrics }) => metrics[metric]!);
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return count === 0 ? undefined : parts.reduce((sum, part) => sum + part.count * (part.mean ?? 0), 0) / count;
}
