import { spread, type MetricFigure } from '@natsweep/catalogue';
import type { Measured, Parameters, ParameterValue } from '@natsweep/sweep';
import { seriesColours } from '../colours.ts';
import { groupByParams, valuesOf } from '../grouping.ts';
import { formatValue } from '../number-format.ts';
import { valueAxis } from './axis-ticks.ts';
import { frame, type RenderedFigure } from './frame.ts';
import { panelPlot, type PanelPoint } from './panel-plot.ts';
import { layOutPanels, omittedSentence } from './panels.ts';
import { seriesLegend } from './series-legend.ts';
import { countRange, withBar } from './trace-figure.ts';

interface MeasuredTrial {
  readonly params: Parameters;
  readonly metrics: Readonly<Record<string, Measured>>;
}

/** Draws a metric against a parameter: means and standard deviations over trials as circles with bars, theory as lines. */
export function metricFigure(figure: MetricFigure, trials: readonly MeasuredTrial[]): RenderedFigure | undefined {
  const drawable = trials.filter(({ metrics }) => isDrawable(metrics[figure.measured], figure.yScale));
  if (drawable.length === 0) return undefined;
  const layout = layOutPanels(drawable, figure.panelBy);
  const series = valuesOf(drawable, figure.seriesBy);
  const pointsOf = (metric: string): readonly (PanelPoint & { readonly count: number })[] =>
    layout.panels.flatMap(({ column, row, items }) =>
      groupByParams(items, [figure.seriesBy, figure.x]).flatMap(({ values, items: members }) => {
        const found = members.map(({ metrics }) => metrics[metric]).filter((value) => isDrawable(value, figure.yScale));
        if (found.length === 0) return [];
        const { mean, deviation, count } = spread(found);
        const [group, x] = values as [ParameterValue, ParameterValue];
        return [{ column, row, series: group, x, y: mean, low: mean - deviation, high: mean + deviation, count }];
      }),
    );
  const measured = pointsOf(figure.measured);
  const theory = figure.theory === undefined ? [] : pointsOf(figure.theory);
  const y = valueAxis(figure.yScale, [
    ...theory.map((point) => point.y),
    ...measured.flatMap((point) => withBar(point, figure.yScale)),
  ]);
  const left = trials.length - drawable.length;
  const colours = seriesColours(series);
  return frame({
    id: figure.id,
    title: figure.title,
    caption: [
      figure.source === '' ? '' : `${figure.source}.`,
      `Circles: mean over ${countRange(measured.map(({ count }) => count))}, bars one standard deviation.`,
      theory.length === 0 ? '' : 'Lines: theory.',
      left === 0 ? '' : `${left} trials have no ${figure.measured} that this scale can show.`,
      omittedSentence(layout),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    ...seriesLegend(figure.seriesBy, series, colours),
    keys: theory.length === 0 ? ['measured'] : ['measured', 'theory'],
    plot: panelPlot({
      layout,
      series,
      colours,
      x: parameterAxis(figure, valuesOf(drawable, figure.x)),
      y,
      yLabel: figure.yLabel,
      lines: theory,
      guides: theory.length === 0,
      circles: measured,
    }),
  });
}

function isDrawable(value: Measured | undefined, scale: 'linear' | 'log'): value is number {
  return typeof value === 'number' && (scale === 'linear' || value > 0);
}

/** Numbers on their scale, with a tick at each value where they are few; anything else side by side. */
function parameterAxis({ xLabel: label, xScale }: MetricFigure, values: readonly ParameterValue[]) {
  const numbers = values.filter((value) => typeof value === 'number');
  const isLog = xScale === 'log' && numbers.every((value) => value > 0);
  if (numbers.length < values.length || (xScale === 'log' && !isLog)) {
    return { label, type: 'point' as const, domain: [...values], tickFormat: formatValue };
  }
  const [lowest, highest] = [numbers[0]!, numbers.at(-1)!];
  const ticks = numbers.length <= 5 ? numbers : undefined;
  const common = { label, tickFormat: formatValue, ...(ticks === undefined ? { ticks: 5 } : { ticks }) };
  if (isLog) {
    const room = (highest / lowest) ** 0.06 || 1;
    return { ...common, type: 'log' as const, domain: [lowest / Math.max(room, 1.05), highest * Math.max(room, 1.05)] };
  }
  const room = (highest - lowest) * 0.06 || Math.abs(highest) * 0.1 || 1;
  return { ...common, type: 'linear' as const, domain: [lowest - room, highest + room] };
}
