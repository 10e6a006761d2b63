import type { Measurement } from '@natsweep/catalogue';
import { spread } from '@natsweep/catalogue';
import type { ParameterValue } from '@natsweep/sweep';
import { groupByParams, valuesOf } from './grouping.ts';
import { formatMeasured, formatPresent, formatSpread, formatValue } from './number-format.ts';
import { sweptParameters } from './series-axis.ts';
import type { SweepResults } from './sweep-results.ts';
import type { Table } from './table.ts';
import { typeset } from './typeset.ts';

const MAX_ROWS = 60;

/**
 * A metric by the sweep's axes: one axis runs across, every combination of the others is a row; a cell is the mean and
 * sample standard deviation over seeds. The axis across is `width` where it is swept, else the shortest numeric axis.
 */
export function metricTable(results: SweepResults, metric: string): Table {
  const { declaration, placed } = results;
  const swept = sweptParameters(results);
  const across = acrossAxis(swept, placed);
  const rowAxes = rowOrder(swept.filter((name) => name !== across));
  const acrossValues = across === undefined ? [undefined] : valuesOf(placed, across);
  const { description = '', unit = '1' } = declaration.metrics[metric] ?? {};
  const groups = groupByParams(placed, rowAxes);
  const shown = groups.slice(0, MAX_ROWS);
  const omitted = groups.length > shown.length ? ` The first ${MAX_ROWS} of ${groups.length} rows.` : '';
  return {
    title: metric,
    note: `${typeset(description)}${unit === '1' ? '' : `, in ${unit}s`}; mean ± standard deviation over seeds.${omitted}`,
    columns: [
      ...rowAxes.map((name) => ({ name, align: 'left' as const })),
      ...acrossValues.map((value) => ({
        name: value === undefined ? metric : `${across} ${formatValue(value)}`,
        align: 'right' as const,
      })),
    ],
    rows: shown.map(({ values, items }) => [
      ...values.map(formatPresent),
      ...acrossValues.map((value) => cell(items, metric, { across, value })),
    ]),
  };
}

function acrossAxis(swept: readonly string[], placed: readonly Measurement[]): string | undefined {
  if (swept.includes('width')) return 'width';
  const numeric = swept
    .map((name) => ({ name, values: valuesOf(placed, name) }))
    .filter(({ values }) => values.length <= 8 && values.every((value) => typeof value === 'number'));
  return numeric.sort((a, b) => a.values.length - b.values.length)[0]?.name;
}

/** The approximation names the rows; the other axes follow in the order of the sweep. */
function rowOrder(axes: readonly string[]): readonly string[] {
  return axes.includes('approximation') ? ['approximation', ...axes.filter((name) => name !== 'approximation')] : axes;
}

function cell(
  items: readonly Measurement[],
  metric: string,
  { across, value }: { readonly across: string | undefined; readonly value: ParameterValue | undefined },
): string {
  const here = across === undefined ? items : items.filter(({ params }) => params[across] === value);
  const measured = here.map(({ metrics }) => metrics[metric]).filter((x): x is number => typeof x === 'number');
  const missing = here.length - measured.length;
  if (measured.length === 0) return missing === 0 ? '' : `not finite (${missing})`;
  const { mean, deviation } = spread(measured);
  const text = measured.length === 1 ? formatMeasured(mean) : formatSpread(mean, deviation);
  return missing === 0 ? text : `${text} (${missing} not finite)`;
}
