import type { GroupRow } from '@natsweep/results';

import { formatNumber } from '../terminal/format.ts';
import { printTable, type Column } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { formatParameter } from '../trials-table.ts';
import { fitColumns } from './columns.ts';
import { csvLine } from './csv.ts';

export interface Groups {
  readonly by: readonly string[];
  readonly metrics: readonly string[];
  readonly groups: readonly GroupRow[];
  readonly format: 'table' | 'csv' | 'json';
}

/** Means and standard deviations per group, sorted by the grouping parameters. */
export function printGroups(terminal: Terminal, { by, metrics, groups, format }: Groups): void {
  const sorted = [...groups].sort((a, b) => compareGroups(a, b, by));
  if (format === 'json') {
    terminal.print(JSON.stringify(sorted, undefined, 2));
    return;
  }
  if (format === 'csv' || !terminal.interactive) {
    const line =
      format === 'csv' ? csvLine : (values: readonly unknown[]) => values.map((value) => value ?? '').join('\t');
    terminal.print(
      line([...by, 'trials', ...metrics.flatMap((name) => [`${name}.mean`, `${name}.standardDeviation`])]),
    );
    for (const { group, count, metrics: measured } of sorted) {
      const numbers = metrics.flatMap((name) => [
        measured[name]?.mean ?? null,
        measured[name]?.standardDeviation ?? null,
      ]);
      terminal.print(line([...by.map((name) => group[name] ?? null), count, ...numbers]));
    }
    return;
  }
  const columns: readonly Column<GroupRow>[] = [
    ...by.map((name) => ({
      header: name,
      cell: ({ group }: GroupRow) => formatParameter(group[name]),
      align: 'right' as const,
    })),
    { header: 'TRIALS', cell: ({ count }) => String(count), align: 'right' },
    ...metrics.map((name) => ({
      header: name,
      cell: (row: GroupRow) => formatSpread(row, name),
      align: 'right' as const,
    })),
  ];
  const { shown, hidden } = fitColumns(terminal, columns, sorted);
  printTable(terminal, shown, sorted);
  if (hidden.length > 0)
    terminal.note(terminal.style('dim', `Not shown for want of width: ${hidden.join(', ')} (--metrics chooses).`));
}

/** "0.041 ± 0.003" */
function formatSpread({ metrics }: GroupRow, name: string): string {
  const { mean, standardDeviation } = metrics[name] ?? { mean: null, standardDeviation: null };
  if (mean === null) return '-';
  return standardDeviation === null
    ? formatNumber(mean, 3)
    : `${formatNumber(mean, 3)} ± ${formatNumber(standardDeviation, 2)}`;
}

function compareGroups(a: GroupRow, b: GroupRow, by: readonly string[]): number {
  for (const name of by) {
    const left = a.group[name];
    const right = b.group[name];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return 0;
}
