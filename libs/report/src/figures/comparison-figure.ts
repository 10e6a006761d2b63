import * as Plot from '@observablehq/plot';
import { seriesColours } from '../colours.ts';
import type { Comparison } from '../compare.ts';
import { formatValue } from '../number-format.ts';
import { plotScale, xAxisMark } from './axis-marks.ts';
import { valueAxis } from './axis-ticks.ts';
import { colourOf } from './colour-channel.ts';
import { drawPlot } from './draw-plot.ts';
import { frame, type RenderedFigure } from './frame.ts';

/** Each value's mean difference from (or ratio to) the baseline with its confidence interval. */
export function comparisonFigure({ by, metric, goal, baseline, scale, rows }: Comparison): RenderedFigure | undefined {
  const drawn = rows.flatMap(({ value, estimate, interval }) =>
    estimate === null
      ? []
      : [
          {
            name: formatValue(value),
            value,
            estimate,
            low: interval?.[0] ?? estimate,
            high: interval?.[1] ?? estimate,
          },
        ],
  );
  if (drawn.length === 0) return undefined;
  const neutral = scale === 'ratio' ? 1 : 0;
  const ends = [neutral, ...drawn.flatMap(({ low, high }) => [low, high])];
  const x = valueAxis(scale === 'ratio' ? 'log' : 'linear', ends, { maxTicks: 7 });
  const colours = seriesColours(drawn.map(({ value }) => value));
  const names = drawn.map(({ name }) => name);
  const left = 14 + 6.8 * Math.max(...names.map((name) => name.length));
  const mark = { y: 'name', stroke: colourOf(({ name }: (typeof drawn)[number]) => name) };
  return frame({
    id: 'comparison',
    title: `${metric} against ${by} ${formatValue(baseline)}`,
    caption: `Circle: mean ${scale === 'ratio' ? 'ratio (geometric)' : 'difference'} over pairs of equal seed and parameters; bar: 95 % confidence interval. ${goal === 'minimize' ? 'Left' : 'Right'} of the line is better than ${formatValue(baseline)}.`,
    legendTitle: '',
    legend: [],
    keys: [],
    plot: drawPlot({
      width: left + 440,
      height: 44 + 28 * drawn.length,
      marginLeft: left,
      marginRight: 20,
      marginTop: 6,
      marginBottom: 38,
      x: plotScale(x),
      y: { type: 'band', domain: names, label: null, tickSize: 0 },
      color: { domain: names, range: [...colours] },
      marks: [
        xAxisMark(x, `${metric}: ${scale === 'ratio' ? 'ratio to' : 'difference from'} ${formatValue(baseline)}`),
        Plot.gridX([...x.ticks], { strokeOpacity: 0.12 }),
        Plot.ruleX([neutral], { strokeDasharray: '3,3' }),
        Plot.ruleY(drawn, { ...mark, x1: 'low', x2: 'high', strokeWidth: 2 }),
        Plot.dot(drawn, { ...mark, x: 'estimate', r: 4, strokeWidth: 2 }),
      ],
    }),
  });
}
