import type { Report } from './build-report.ts';
import type { Table } from './table.ts';

/** One row per sweep: how far it came and how its claims ended. */
export function overviewTable(reports: readonly Report[]): Table {
  const columns = ['sweep', 'source', 'trials', 'reproduced', 'not reproduced', 'undecided'];
  return {
    title: 'Overview',
    note: '',
    columns: columns.map((name, i) => ({ name, align: i < 2 ? 'left' : 'right' })),
    rows: reports.map(({ results: { sweep, declaration, counts }, claims }) => {
      const count = (status: string) => String(claims.filter(({ verdict }) => verdict.status === status).length);
      const trials =
        counts.observed === sweep.planned ? String(sweep.planned) : `${counts.observed} of ${sweep.planned}`;
      const statuses = ['reproduced', 'not reproduced', 'undecided'];
      return [sweep.name, declaration.source, trials, ...statuses.map(count)];
    }),
  };
}
