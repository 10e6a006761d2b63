import type { ResultsStore, RowQuery, TrialRow } from '@natsweep/results';

const pageRows = 5_000;

/** The rows of a sweep page by page, so that a million of them never are in memory together. */
export async function* pages(
  results: ResultsStore,
  sweep: string,
  query: RowQuery,
): AsyncGenerator<readonly TrialRow[]> {
  let offset = query.offset ?? 0;
  let left = query.limit ?? Infinity;
  while (left > 0) {
    const limit = Math.min(pageRows, left);
    const rows = await results.rows(sweep, { ...query, limit, offset });
    if (rows.length > 0) yield rows;
    if (rows.length < limit) return;
    offset += rows.length;
    left -= rows.length;
  }
}
