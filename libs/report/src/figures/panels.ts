import type { Parameters } from '@natsweep/sweep';
import { groupByParams, valuesOf, type Group } from '../grouping.ts';
import { formatValue } from '../number-format.ts';

/** Panels of one figure; more would be small multiples that nobody reads. */
export const MAX_PANELS = 24;
const MAX_COLUMNS = 4;
/** Characters of a title line that fit above a panel. */
const LINE_LENGTH = 32;

/** Where a panel stands among small multiples, and what it holds. */
export interface Panel<T> {
  readonly column: number;
  readonly row: number;
  /** E.g. "depth 3 · width 256", in lines that fit; only parameters that differ between panels. */
  readonly title: string;
  readonly items: readonly T[];
}

export interface PanelLayout<T> {
  readonly panels: readonly Panel<T>[];
  readonly columns: number;
  readonly rows: number;
  /** Panels that did not fit. */
  readonly omitted: number;
}

/** Whether a panel, given by its parameters' values, is told apart by one of them; default: by all. */
export type PanelTitling = (panel: Parameters, parameter: string) => boolean;

/**
 * One panel per combination of the parameters' values. Where the combinations form a full product, the last parameters
 * run across, so that a column is one of their values; otherwise panels are wrapped in order.
 */
export function layOutPanels<T extends { readonly params: Parameters }>(
  items: readonly T[],
  panelBy: readonly string[],
  isNamed: PanelTitling = () => true,
): PanelLayout<T> {
  const varying = panelBy.filter((parameter) => valuesOf(items, parameter).length > 1);
  const groups = groupByParams(items, varying);
  const counts = varying.map((parameter) => valuesOf(items, parameter).length);
  const product = counts.reduce((a, b) => a * b, 1);
  const columns = groups.length === product ? acrossCount(counts) : Math.min(MAX_COLUMNS, groups.length);
  const shown = groups.slice(0, MAX_PANELS);
  const titles = panelTitles(varying, shown, isNamed);
  return {
    panels: shown.map(({ items: members }, i) => ({
      column: i % columns,
      row: Math.floor(i / columns),
      title: titles[i]!,
      items: members,
    })),
    columns: Math.max(1, columns),
    rows: Math.max(1, Math.ceil(shown.length / columns)),
    omitted: groups.length - shown.length,
  };
}

/** As many trailing parameters run across as fit. */
function acrossCount(counts: readonly number[]): number {
  let columns = 1;
  for (const count of counts.toReversed()) {
    if (columns * count > MAX_COLUMNS) break;
    columns *= count;
  }
  return columns === 1 ? Math.min(MAX_COLUMNS, counts.at(-1) ?? 1) : columns;
}

/** Titles of all panels, broken into lines at the same parameters, so that one can be compared with the next. */
function panelTitles(
  parameters: readonly string[],
  groups: readonly Group<unknown>[],
  isNamed: PanelTitling,
): readonly string[] {
  const parts = groups.map(({ values }) => {
    const panel = Object.fromEntries(parameters.map((name, i) => [name, values[i]!]));
    return parameters.map((name) => (isNamed(panel, name) ? `${name} ${formatValue(panel[name])}` : ''));
  });
  const widths = parameters.map((_, i) => Math.max(...parts.map((part) => part[i]!.length)));
  const lines: number[][] = [];
  let length = Infinity;
  for (const [i, width] of widths.entries()) {
    const longer = length + 3 + width;
    if (longer > LINE_LENGTH) lines.push([i]);
    else lines.at(-1)!.push(i);
    length = longer > LINE_LENGTH ? width : longer;
  }
  const nonEmpty = (texts: readonly string[]) => texts.filter((text) => text !== '');
  return parts.map((part) => nonEmpty(lines.map((line) => nonEmpty(line.map((i) => part[i]!)).join(' · '))).join('\n'));
}

export function omittedSentence({ omitted }: PanelLayout<unknown>): string {
  return omitted > 0 ? `${omitted} further panels are not shown.` : '';
}
