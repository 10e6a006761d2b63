import * as Plot from '@observablehq/plot';
import type { ParameterValue } from '@natsweep/sweep';
import { groupByParams, valuesOf } from '../grouping.ts';
import { formatMeasured, formatValue } from '../number-format.ts';
import { onScale, type Objective } from '../objective.ts';
import { quantile } from '../quantile.ts';
import { contrastingText, cssColour, sequential } from './colour-scale.ts';
import { drawPlot } from './draw-plot.ts';
import { frame, type RenderedFigure } from './frame.ts';
import { colourBar } from './colour-bar.ts';

const MAX_SIDE = 40;
/** Values are written into the cells up to this many columns. */
const MAX_LABELLED = 10;

/** The objective over two axes: each cell the median of all trials with those two values. */
export function heatMapFigure(
  objective: Objective,
  [xName, yName]: readonly [string, string],
): RenderedFigure | undefined {
  const items = objective.trials.filter(({ params }) => params[xName] !== undefined && params[yName] !== undefined);
  const [xValues, yValues] = [valuesOf(items, xName), valuesOf(items, yName)];
  const fits = (values: readonly ParameterValue[]) => values.length > 1 && values.length <= MAX_SIDE;
  if (!fits(xValues) || !fits(yValues)) return undefined;

  const medians = groupByParams(items, [xName, yName]).map(({ values, items: members }) => {
    const sorted = Float64Array.from(members, objective.ofTrial).sort();
    return { x: formatValue(values[0]), y: formatValue(values[1]), value: quantile(sorted, 0.5) };
  });
  const scaled = medians.map(({ value }) => onScale(objective, value));
  const [low, high] = [Math.min(...scaled), Math.max(...scaled)];
  const position = (value: number) => (high > low ? (onScale(objective, value) - low) / (high - low) : 0.5);
  const cells = medians.map((cell) => ({
    ...cell,
    fill: sequential(position(cell.value)),
    text: formatMeasured(cell.value),
  }));
  const widest = Math.max(...xValues.map((value) => formatValue(value).length));
  const side =
    xValues.length <= MAX_LABELLED ? Math.max(74, 10 + 6.8 * widest) : Math.max(14, Math.floor(740 / xValues.length));
  const longest = Math.max(...yValues.map((value) => formatValue(value).length));
  const labelled = xValues.length <= MAX_LABELLED && yValues.length <= 2 * MAX_LABELLED;
  const tall = labelled ? 28 : Math.max(12, Math.min(28, Math.floor(560 / yValues.length)));
  const grid = drawPlot({
    width: 34 + 6.8 * longest + xValues.length * side + 8,
    height: 4 + Math.max(yValues.length * tall, 7 * yName.length) + 44,
    marginLeft: 34 + 6.8 * longest,
    marginRight: 8,
    marginTop: 4,
    marginBottom: 40,
    padding: 0,
    x: {
      type: 'band',
      domain: xValues.map(formatValue),
      label: xName,
      labelArrow: 'none',
      labelAnchor: 'center',
      tickSize: 3,
    },
    y: {
      type: 'band',
      domain: yValues.map(formatValue),
      label: yName,
      labelArrow: 'none',
      labelAnchor: 'center',
      tickSize: 3,
    },
    marks: [
      Plot.cell(cells, { x: 'x', y: 'y', fill: ({ fill }: (typeof cells)[number]) => cssColour(fill) }),
      ...(labelled
        ? [
            Plot.text(cells, {
              x: 'x',
              y: 'y',
              text: 'text',
              fontSize: 10,
              fill: ({ fill }: (typeof cells)[number]) => contrastingText(fill),
            }),
          ]
        : []),
    ],
  });
  const unscaled = (value: number) => (objective.scale === 'log' ? 10 ** value : value);
  const bar = colourBar({
    ends: [unscaled(low), unscaled((low + high) / 2), unscaled(high)],
    colour: sequential,
    x: 0,
    y: grid.height + 10,
  });
  return frame({
    id: 'objective-heat-map',
    title: `${objective.metric} over ${xName} and ${yName}`,
    caption: `Median of ${objective.metric} over all trials with those two values${objective.scale === 'log' ? ', colours on a log scale' : ''}. These two axes explain most of its variance.`,
    legendTitle: '',
    legend: [],
    keys: [],
    plot: { markup: grid.markup + bar, width: Math.max(grid.width, 220), height: grid.height + 40 },
  });
}
