import type { ExperimentDeclaration } from '@natsweep/catalogue';
import type { GroupRow } from '@natsweep/results';

import { formatNumber } from '../terminal/format.ts';
import { printTable, type Column } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { noteWrapped } from '../terminal/wrap.ts';
import { parameterColumns } from '../trials-table.ts';
import { csvLine } from './csv.ts';

export interface Groups {
  readonly declaration: ExperimentDeclaration;
  readonly by: readonly string[];
  readonly metrics: readonly string[];
  readonly groups: readonly GroupRow[];
  /** Of what each metric is the difference to this, as in "approximation=exact", over pairs of trials. Default: means over trials. */
  readonly against?: string;
  readonly format: 'table' | 'csv' | 'json';
}

const statistics = ['count', 'mean', 'standardDeviation', 'confidence95'] as const;

/** Means per group with their spread, sorted by the grouping parameters. */
export function printGroups(terminal: Terminal, { declaration, by, metrics, groups, against, format }: Groups): void {
  const sorted = [...groups].sort((a, b) => compareGroups(a, b, by));
  if (format === 'json') {
    terminal.json(sorted);
    return;
  }
  if (format === 'csv' || !terminal.interactive) {
    const line =
      format === 'csv' ? csvLine : (values: readonly unknown[]) => values.map((value) => value ?? '').join('\t');
    const unit = against === undefined ? 'count' : 'pairs';
    const named = metrics.flatMap((name) => statistics.map((key) => `${name}.${key === 'count' ? unit : key}`));
    terminal.print(line([...by, ...(against === undefined ? ['trials'] : []), ...named]));
    for (const { group, count, metrics: measured } of sorted) {
      const numbers = metrics.flatMap((name) => statistics.map((key) => measured[name]?.[key] ?? null));
      const place = by.map((name) => group[name] ?? null);
      terminal.print(line([...place, ...(against === undefined ? [count] : []), ...numbers]));
    }
    return;
  }
  const columns: readonly Column<GroupRow>[] = [
    ...parameterColumns<GroupRow>(declaration, by, ({ group }) => group),
    ...(against === undefined ? [counted('TRIALS', ({ count }) => count)] : []),
    ...metrics.flatMap((name, m): readonly Column<GroupRow>[] => [
      ...(against === undefined ? [] : [counted('PAIRS', ({ metrics }) => metrics[name]?.count ?? 0)]),
      { header: name, cell: (row) => formatMean(row, name), align: 'right', essential: m === 0 },
    ]),
  ];
  printTable(terminal, columns, sorted, { otherwise: '--metrics chooses, --csv has all' });
  const mean =
    against === undefined
      ? 'mean over the trials of a group, each taken as independent,'
      : `mean difference to ${against} over trials of equal seed and parameters`;
  noteWrapped(terminal, 'dim', `${mean} ± half the 95 % confidence interval of the mean (Student’s t)`);
  if (against === undefined && sorted.some((row) => metrics.some((name) => isPartial(row, name))))
    noteWrapped(terminal, 'dim', '(of N): only so many trials of the group have a value of this metric');
}

function counted(header: string, of: (row: GroupRow) => number): Column<GroupRow> {
  return { header, cell: (row) => String(of(row)), align: 'right' };
}

/** Mean ± half the width of its 95 % confidence interval, e.g. "0.041 ± 0.003"; over which trials, if not over all. */
function formatMean(row: GroupRow, name: string): string {
  const { mean, confidence95, count } = row.metrics[name] ?? { mean: null, confidence95: null, count: 0 };
  if (mean === null) return '-';
  const half = confidence95 === null ? '' : ` ± ${formatNumber(confidence95, 2)}`;
  return `${formatNumber(mean, 3)}${half}${isPartial(row, name) ? ` (of ${count})` : ''}`;
}

/** Whether some trials of a group have no value of a metric: it was not measured, or is not finite. */
function isPartial({ count, metrics }: GroupRow, name: string): boolean {
  const measured = metrics[name]?.count ?? 0;
  return measured > 0 && measured < count;
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
