import { spread, type MetricFigure } from '@natsweep/catalogue';
import type { Measured, Parameters, ParameterValue } from '@natsweep/sweep';
import { seriesColours } from '../colours.ts';
import { groupByParams, valuesOf } from '../grouping.ts';
import { parameterAxis, valueAxis, type ScaleType } from './axis-ticks.ts';
import { caption, countRange, sourceSentence } from './caption.ts';
import { figureKeys, frame, type RenderedFigure } from './frame.ts';
import { panelPlot, reach, type PanelPoint } from './panel-plot.ts';
import { layOutPanels, omittedSentence, type PanelTitling } from './panels.ts';
import { seriesLegend } from './series-legend.ts';

interface MeasuredTrial {
  readonly params: Parameters;
  readonly metrics: Readonly<Record<string, Measured>>;
}

/** Draws a metric against a parameter: means and standard deviations over trials as circles with bars, theory as lines. */
export function metricFigure(
  figure: MetricFigure,
  trials: readonly MeasuredTrial[],
  isNamed?: PanelTitling,
): RenderedFigure | undefined {
  // records of an earlier version of the experiment may lack a parameter
  const hasPlace = ({ params }: MeasuredTrial) =>
    [figure.x, figure.seriesBy].every((name) => params[name] !== undefined);
  const drawable = trials.filter(
    (trial) => hasPlace(trial) && isDrawable(trial.metrics[figure.measured], figure.yScale),
  );
  if (drawable.length === 0) return undefined;
  const layout = layOutPanels(drawable, figure.panelBy, isNamed);
  const series = valuesOf(drawable, figure.seriesBy);
  const pointsOf = (metric: string): readonly (PanelPoint & { readonly count: number })[] =>
    layout.panels.flatMap(({ column, row, items }) =>
      groupByParams(items, [figure.seriesBy, figure.x]).flatMap(({ values, items: members }) => {
        const found = members.map(({ metrics }) => metrics[metric]).filter((value) => isDrawable(value, figure.yScale));
        if (found.length === 0) return [];
        const [group, x] = values as [ParameterValue, ParameterValue];
        return [{ column, row, series: group, x, ...centreAndSpread(found, figure.yScale), count: found.length }];
      }),
    );
  const measured = pointsOf(figure.measured);
  const theory = figure.theory === undefined ? [] : pointsOf(figure.theory);
  const counts = measured.map(({ count }) => count);
  const log = figure.yScale === 'log';
  const left = trials.length - drawable.length;
  const colours = seriesColours(series);
  return frame({
    id: figure.id,
    title: figure.title,
    caption: caption(
      sourceSentence(figure.source),
      `Circles: ${log ? 'geometric mean' : 'mean'} over ${countRange(counts)}, bars one standard deviation${log ? ' of the logarithm' : ''}.`,
      theory.length > 0 && 'Lines: theory.',
      left > 0 && `${left} trials have no ${figure.measured} that this scale can show.`,
      omittedSentence(layout),
    ),
    ...seriesLegend(figure.seriesBy, series, colours),
    keys: figureKeys({ spread: Math.max(...counts) > 1 ? 'bar' : undefined, hasTheory: theory.length > 0 }),
    plot: panelPlot({
      layout,
      series,
      colours,
      x: parameterAxis(figure.xScale, valuesOf(drawable, figure.x)),
      xLabel: figure.xLabel,
      y: valueAxis(figure.yScale, [
        ...theory.map((point) => point.y),
        ...measured.flatMap((point) => reach(point, figure.yScale)),
      ]),
      yLabel: figure.yLabel,
      lines: theory,
      guides: theory.length === 0,
      circles: measured,
      spread: 'bars',
      shades: [],
    }),
  });
}

function isDrawable(value: Measured | undefined, scale: ScaleType): value is number {
  return typeof value === 'number' && (scale === 'linear' || value > 0);
}

/** Mean ± standard deviation, on a log scale of the logarithm. */
function centreAndSpread(values: readonly number[], scale: ScaleType): Pick<PanelPoint, 'y' | 'low' | 'high'> {
  const on = scale === 'log' ? Math.log : (value: number) => value;
  const back = scale === 'log' ? Math.exp : (value: number) => value;
  const { mean, deviation } = spread(values.map(on));
  return { y: back(mean), low: back(mean - deviation), high: back(mean + deviation) };
}
