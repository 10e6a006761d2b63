import type { GroupMetric, GroupRow, PairQuery, ResultsStore } from '@natsweep/results';
import type { Parameters } from '@natsweep/sweep';

export interface DifferencesQuery extends Omit<PairQuery, 'metric'> {
  readonly metrics: readonly string[];
}

/** The paired differences of several metrics as groups: the compared parameter is the first of those that they agree in. */
export async function readDifferences(
  results: ResultsStore,
  sweep: string,
  { metrics, ...query }: DifferencesQuery,
): Promise<readonly GroupRow[]> {
  const groups = new Map<string, { readonly group: Parameters; readonly metrics: Record<string, GroupMetric> }>();
  for (const metric of metrics)
    for (const { value, group, difference } of await results.pairs(sweep, { ...query, metric })) {
      const place = { [query.parameter]: value, ...group };
      const key = JSON.stringify(place);
      const known = groups.get(key) ?? { group: place, metrics: {} };
      known.metrics[metric] = difference;
      groups.set(key, known);
    }
  return [...groups.values()].map((row) => ({
    ...row,
    count: Math.max(...Object.values(row.metrics).map(({ count }) => count)),
  }));
}
