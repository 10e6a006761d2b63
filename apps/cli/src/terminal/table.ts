import { formatCount } from '@natsweep/sweep';

import { displayWidth, type Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => string;
  /** The same for programs, where people are shown it otherwise. */
  readonly plain?: (row: Row) => string;
  /** Numbers are right-aligned. Default: left. */
  readonly align?: 'left' | 'right';
  /** Prose, for the last column: continued on further lines instead of cut. Default: false. */
  readonly prose?: boolean;
  /** A name that the reader types again: never cut. Where that leaves no room, the last columns are left out. Default: false. */
  readonly whole?: boolean;
  /** How a cell is shown on a terminal, after its width was taken. */
  readonly paint?: (text: string, row: Row) => string;
}

/** A column of counts, for people with thousands separators. */
export function countColumn<Row>(header: string, count: (row: Row) => number): Column<Row> {
  return { header, cell: (row) => formatCount(count(row)), plain: (row) => String(count(row)), align: 'right' };
}

const gap = '  ';
const narrowest = 8;

/** A table with a header, as wide as its content or as the terminal: cells that are too wide end in "…". */
export function renderTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const natural = columns.map((column, c) =>
    Math.max(displayWidth(column.header), ...cells.map((row) => displayWidth(row[c]!))),
  );
  const available = terminal.columns();
  const widths = fit(columns, natural, available);
  const isTooWide = widths.reduce((sum, width) => sum + width + gap.length, -gap.length) > available;
  if (isTooWide && columns.length > 1 && columns.some(({ whole }) => whole === true)) {
    return renderTable(terminal, columns.slice(0, -1), rows);
  }
  const line = (texts: readonly string[], paint: (text: string, c: number) => string) =>
    columns
      .map(({ align }, c) => {
        const text = clip(texts[c]!, widths[c]!);
        const padding = ' '.repeat(widths[c]! - displayWidth(text));
        return align === 'right' ? padding + paint(text, c) : paint(text, c) + padding;
      })
      .join(gap)
      .trimEnd();
  const headers = columns.map(({ header }) => header);
  return [
    line(headers, (text) => terminal.style('dim', text)),
    ...cells.flatMap((row, r) =>
      physicalRows(columns, row, widths).map((texts) =>
        line(texts, (text, c) => columns[c]!.paint?.(text, rows[r]!) ?? text),
      ),
    ),
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
  for (const row of rows) terminal.print(columns.map(({ plain, cell }) => oneLine((plain ?? cell)(row))).join('\t'));
}

function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ');
}

/** A row as the lines that it takes: more than one where the prose of its last column does not fit. */
function physicalRows<Row>(
  columns: readonly Column<Row>[],
  row: readonly string[],
  widths: readonly number[],
): readonly (readonly string[])[] {
  if (columns.at(-1)?.prose !== true) return [row];
  const lines = wrap(row.at(-1)!, widths.at(-1)!);
  return lines.map((text, l) => [...row.slice(0, -1).map((cell) => (l === 0 ? cell : '')), text]);
}

/** Takes width from prose, then from the widest columns until the line fits; gives up where all that may be cut are `narrowest`. */
function fit<Row>(columns: readonly Column<Row>[], natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1) - available;
  const last = widths.length - 1;
  if (excess > 0 && columns[last]?.prose === true) {
    const readable = Math.floor(available / 3);
    const given = Math.min(excess, Math.max(0, widths[last]! - readable));
    widths[last]! -= given;
    excess -= given;
  }
  const cut = [...widths.keys()].filter((c) => columns[c]!.whole !== true);
  while (excess > 0 && cut.length > 0) {
    const widest = cut.reduce((most, c) => (widths[c]! > widths[most]! ? c : most));
    if (widths[widest]! <= narrowest) break;
    widths[widest]!--;
    excess--;
  }
  return widths;
}

function clip(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}
