import { displayWidth, type Terminal } from './terminal.ts';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => string;
  /** Numbers are right-aligned. Default: left. */
  readonly align?: 'left' | 'right';
  /** How a cell is shown on a terminal, after its width was taken. */
  readonly paint?: (text: string, row: Row) => string;
}

const gap = '  ';
const narrowest = 8;

/** A table with a header, as wide as its content or as the terminal: too wide cells end in "…". */
export function renderTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const widths = fit(
    columns.map((column, c) => Math.max(displayWidth(column.header), ...cells.map((row) => displayWidth(row[c]!)))),
    terminal.columns(),
  );
  const line = (texts: readonly string[], paint: (text: string, c: number) => string) =>
    columns
      .map(({ align }, c) => {
        const text = clip(texts[c]!, widths[c]!);
        const padding = ' '.repeat(widths[c]! - displayWidth(text));
        return align === 'right' ? padding + paint(text, c) : paint(text, c) + padding;
      })
      .join(gap)
      .trimEnd();
  return [
    line(
      columns.map(({ header }) => header),
      (text) => terminal.style('dim', text),
    ),
    ...cells.map((row, r) => line(row, (text, c) => columns[c]!.paint?.(text, rows[r]!) ?? text)),
  ];
}

/** The table on a terminal; tab-separated values with the same header otherwise, as `cut` and `awk` want them. */
export function printTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { header = true }: { readonly header?: boolean } = {},
): void {
  if (terminal.interactive) {
    renderTable(terminal, columns, rows).forEach(terminal.print);
    return;
  }
  if (header) terminal.print(columns.map((column) => column.header).join('\t'));
  for (const row of rows) terminal.print(columns.map((column) => oneLine(column.cell(row))).join('\t'));
}

function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ');
}

/** Takes width from the widest columns until the line fits; gives up at `narrowest` and lets the terminal wrap. */
function fit(natural: readonly number[], columns: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1) - columns;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= narrowest) break;
    widths[widest]!--;
    excess--;
  }
  return widths;
}

function clip(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}
