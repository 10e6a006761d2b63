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
  /** Words that are not cut either: a name that the reader types again. Numbers never are. Default: false. */
  readonly whole?: boolean;
  /** Left out, for want of width, only after all that is not. Default: false. */
  readonly essential?: boolean;
  /** How a cell is shown on a terminal, after its width was taken. */
  readonly paint?: (text: string, row: Row) => string;
}

/** A column of counts, for people with thousands separators. */
export function countColumn<Row>(header: string, count: (row: Row) => number): Column<Row> {
  return { header, cell: (row) => formatCount(count(row)), plain: (row) => String(count(row)), align: 'right' };
}

const gap = '  ';
const narrowest = 8;

/**
 * A table with a header, as wide as its content or as the terminal. What is too wide takes, one after the other: headers of two
 * lines, prose of several, words that are cut and end in "…". Columns that are left out then are named below the table, and how
 * to see them `otherwise`.
 */
export function renderTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { otherwise = '' }: { readonly otherwise?: string } = {},
): readonly string[] {
  const fitting = fitColumns(terminal, columns, rows);
  const lines = renderWhole(terminal, fitting, rows);
  if (fitting.hidden.length === 0) return lines;
  const hint = otherwise === '' ? '' : ` (${otherwise})`;
  const note = `Not shown for want of width: ${fitting.hidden.join(', ')}${hint}.`;
  return [...lines, ...wrap(note, terminal.columns()).map((text) => terminal.style('dim', text))];
}

interface Fitting<Row> {
  readonly shown: readonly Column<Row>[];
  readonly widths: readonly number[];
  /** Headers of what is left out. */
  readonly hidden: readonly string[];
}

/** The columns that fit the terminal, with their widths. The first always does. */
function fitColumns<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): Fitting<Row> {
  const contents = columns.map(({ cell }) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(oneLine(cell(row)))), 0),
  );
  let left = [...columns.keys()];
  for (;;) {
    const shown = left.map((c) => columns[c]!);
    const widths = squeeze(
      shown,
      left.map((c) => contents[c]!),
      terminal.columns(),
    );
    const isLast = left.length <= 1;
    if (isLast || total(widths) <= terminal.columns()) {
      return { shown, widths, hidden: columns.filter((column) => !shown.includes(column)).map(({ header }) => header) };
    }
    const others = left.slice(1);
    const out = others.findLast((c) => columns[c]!.essential !== true) ?? others.at(-1);
    left = left.filter((c) => c !== out);
  }
}

function renderWhole<Row>(
  terminal: Terminal,
  { shown, widths }: Fitting<Row>,
  rows: readonly Row[],
): readonly string[] {
  const line = (texts: readonly string[], paint: (text: string, c: number) => string) =>
    shown
      .map(({ align }, c) => {
        const text = clip(texts[c]!, widths[c]!);
        const padding = ' '.repeat(widths[c]! - displayWidth(text));
        const painted = text === '' ? '' : paint(text, c);
        return align === 'right' ? padding + painted : painted + padding;
      })
      .join(gap)
      .trimEnd();
  return [
    ...headerLines(shown, widths).map((texts) => line(texts, (text) => terminal.style('dim', text))),
    ...rows.flatMap((row) =>
      physicalRows(shown, row, widths).map((texts) => line(texts, (text, c) => shown[c]!.paint?.(text, row) ?? text)),
    ),
  ];
}

/** The table on a terminal; tab-separated values with the same header otherwise, as `cut` and `awk` want them. */
export function printTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { header = true, otherwise = '' }: { readonly header?: boolean; readonly otherwise?: string } = {},
): void {
  if (terminal.interactive) {
    renderTable(terminal, columns, rows, { otherwise }).forEach(terminal.print);
    return;
  }
  if (header) terminal.print(columns.map((column) => column.header).join('\t'));
  for (const row of rows) terminal.print(columns.map(({ plain, cell }) => oneLine((plain ?? cell)(row))).join('\t'));
}

function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ');
}

/** The headers, the longer ones on two lines, the others on the last. */
function headerLines<Row>(columns: readonly Column<Row>[], widths: readonly number[]): readonly (readonly string[])[] {
  const lines = columns.map(({ header }, c) => foldHeader(header, widths[c]!));
  const height = Math.max(...lines.map(({ length }) => length));
  return Array.from({ length: height }, (_, l) => lines.map((own) => own[l - height + own.length] ?? ''));
}

/** "PAPER TRIALS" and "learningRateScale" can stand on two lines, broken at spaces rather than within a name; what cannot is given as it is. */
function foldHeader(header: string, width: number): readonly string[] {
  if (displayWidth(header) <= width) return [header];
  for (const place of [/ +/g, /(?<=[a-z])(?=[A-Z])/g])
    for (const { 0: space, index } of [...header.matchAll(place)].reverse()) {
      const lines = [header.slice(0, index), header.slice(index + space.length)];
      if (lines.every((line) => displayWidth(line) <= width)) return lines;
    }
  return [header];
}

/** Least width at which a header is not cut. */
function narrowestHeader(header: string): number {
  let width = displayWidth(header);
  while (width > 1 && foldHeader(header, width - 1).length > 1) width--;
  return width;
}

/** A row as the lines that it takes: more than one where the prose of its last column does not fit. */
function physicalRows<Row>(
  columns: readonly Column<Row>[],
  row: Row,
  widths: readonly number[],
): readonly (readonly string[])[] {
  const cells = columns.map(({ cell }) => oneLine(cell(row)));
  if (columns.at(-1)?.prose !== true) return [cells];
  const lines = wrap(cells.at(-1)!, widths.at(-1)!);
  return lines.map((text, l) => [...cells.slice(0, -1).map((cell) => (l === 0 ? cell : '')), text]);
}

/** Widths that fit what is available, or the least that there can be: taken from prose, from headers, from words. */
function squeeze<Row>(
  columns: readonly Column<Row>[],
  contents: readonly number[],
  available: number,
): readonly number[] {
  const widths = columns.map(({ header }, c) => Math.max(displayWidth(header), contents[c]!));
  const last = columns.length - 1;
  const isProse = columns[last]?.prose === true;
  const readable = Math.floor(available / 3);
  const folded = columns.map(({ header }, c) => Math.max(narrowestHeader(header), contents[c]!));
  const floors = [
    widths.map((width, c) => (isProse && c === last ? Math.min(width, readable) : width)),
    folded.map((width, c) => (isProse && c === last ? widths[c]! : width)),
    columns.map(({ align, whole }, c) =>
      align === 'right' || whole === true ? folded[c]! : Math.min(folded[c]!, narrowest),
    ),
  ];
  for (const floor of floors) {
    for (let excess = total(widths) - available; excess > 0; excess--) {
      const spare = widths.map((width, c) => (width > floor[c]! ? width : 0));
      const widest = spare.indexOf(Math.max(...spare));
      if (spare[widest] === 0) break;
      widths[widest]!--;
    }
  }
  return widths;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap.length, -gap.length);
}

function clip(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}
