import type { ParameterValue, Parameters } from '@natsweep/sweep';
import { groupByParams, valuesOf } from '../grouping.ts';
import { formatValue } from '../number-format.ts';

/** Panels of one figure; more would be small multiples that nobody reads. */
export const MAX_PANELS = 24;
const MAX_COLUMNS = 4;
/** Characters of a title line that fit above a panel. */
const LINE_LENGTH = 29;

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

/**
 * One panel per combination of the parameters' values. Where the combinations form a full product, the last parameters
 * run across, so that a column is one of their values; otherwise panels are wrapped in order.
 */
export function layOutPanels<T extends { readonly params: Parameters }>(
  items: readonly T[],
  panelBy: readonly string[],
): PanelLayout<T> {
  const varying = panelBy.filter((parameter) => valuesOf(items, parameter).length > 1);
  const groups = groupByParams(items, varying);
  const counts = varying.map((parameter) => valuesOf(items, parameter).length);
  const product = counts.reduce((a, b) => a * b, 1);
  const columns = groups.length === product ? acrossCount(counts) : Math.min(MAX_COLUMNS, groups.length);
  const shown = groups.slice(0, MAX_PANELS);
  return {
    panels: shown.map(({ values, items: members }, i) => ({
      column: i % columns,
      row: Math.floor(i / columns),
      title: panelTitle(varying, values),
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

function panelTitle(parameters: readonly string[], values: readonly ParameterValue[]): string {
  const lines: string[] = [];
  for (const [i, parameter] of parameters.entries()) {
    const part = `${parameter} ${formatValue(values[i])}`;
    const last = lines.at(-1);
    if (last === undefined || last.length + part.length > LINE_LENGTH) lines.push(part);
    else lines[lines.length - 1] = `${last} · ${part}`;
  }
  return lines.join('\n');
}

export function omittedSentence({ omitted }: PanelLayout<unknown>): string {
  return omitted > 0 ? `${omitted} further panels are not shown.` : '';
}
