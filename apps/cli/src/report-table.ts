import type { Table } from '@natsweep/report';

import { renderTable } from './terminal/table.ts';
import type { Terminal } from './terminal/terminal.ts';
import { wrap } from './terminal/wrap.ts';

/** A table of the report with its title and what its numbers are. */
export function printReportTable(terminal: Terminal, { title, note, columns, rows }: Table): void {
  terminal.print(terminal.style('bold', title));
  for (const line of wrap(note, terminal.columns())) terminal.print(terminal.style('dim', line));
  const tableColumns = columns.map(({ name, align }, c) => ({
    header: name,
    align,
    cell: (row: readonly string[]) => row[c]!,
  }));
  for (const line of renderTable(terminal, tableColumns, rows, { otherwise: 'the files have all' }))
    terminal.print(line);
  terminal.print('');
}
