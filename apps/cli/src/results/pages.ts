import type { ResultsStore, RowQuery, TrialRow } from '@natsweep/results';

const pageRows = 20_000;

/** The rows of a sweep page by page, so that a million of them never are in memory together. */
export async function* pages(
  results: ResultsStore,
  sweep: string,
  query: RowQuery,
): AsyncGenerator<readonly TrialRow[]> {
  let left = query.limit ?? Infinity;
  for (let after = query.after; left > 0;) {
    const limit = Math.min(pageRows, left);
    const rows = await results.rows(sweep, { ...query, limit, ...(after !== undefined && { after }) });
    if (rows.length > 0) yield rows;
    if (rows.length < limit) return;
    after = rows.at(-1);
    left -= rows.length;
  }
}
