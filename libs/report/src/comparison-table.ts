import type { ParameterValue } from '@natsweep/sweep';
import type { ComparedValue, Comparison } from './compare.ts';
import { formatMeasured, formatValue } from './number-format.ts';
import type { Table } from './table.ts';

export function comparisonTable({ by, metric, goal, baseline, scale, rows }: Comparison): Table {
  const estimate = scale === 'ratio' ? 'ratio' : 'difference';
  const columns = [by, 'pairs', `mean ${estimate}`, '95 % interval', 'win rate', 'effect size d_z'];
  return {
    title: `${metric} by ${by}, against ${formatValue(baseline)}`,
    note:
      `Paired over seeds and all other parameters; ${goal === 'minimize' ? 'less' : 'more'} is better. ` +
      (scale === 'ratio'
        ? 'The values span decades: ratios, averaged geometrically.'
        : 'Differences: value minus baseline.') +
      averagedSentence(rows) +
      rows.map((row) => unpairedSentence(row, baseline)).join(''),
    columns: columns.map((name, i) => ({ name, align: i === 0 ? 'left' : 'right' })),
    rows: rows.map((row) => [
      formatValue(row.value),
      row.measuredPairs === row.pairs
        ? String(row.pairs)
        : `${row.pairs} (${row.pairs - row.measuredPairs} not finite)`,
      formatMeasured(row.estimate),
      row.interval === null ? '–' : `${formatMeasured(row.interval[0])} to ${formatMeasured(row.interval[1])}`,
      row.pairs === 0 ? '–' : `${Math.round(100 * row.winRate)} %`,
      formatMeasured(row.effectSize),
    ]),
  };
}

/** Once for all rows where it is the same for all. */
function averagedSentence(rows: readonly ComparedValue[]): string {
  const averaged = Map.groupBy(rows, ({ averagedOver }) => averagedOver.join(', '));
  return [...averaged]
    .filter(([parameters]) => parameters !== '')
    .map(([parameters, members]) => {
      const whose =
        members.length === rows.length ? '' : `${members.map(({ value }) => formatValue(value)).join(', ')}: `;
      return ` ${whose}${whose === '' ? 'Each' : 'each'} side of a pair is a mean over ${parameters}.`;
    })
    .join('');
}

function unpairedSentence({ value, pairs, differsIn }: ComparedValue, baseline: ParameterValue): string {
  if (pairs > 0) return '';
  const why = differsIn.length === 0 ? 'other parameters or seeds' : `other values of ${differsIn.join(', ')}`;
  return ` ${formatValue(value)} has no pairs: its trials have ${why} than those of ${formatValue(baseline)}.`;
}
