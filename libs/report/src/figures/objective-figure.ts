import * as Plot from '@observablehq/plot';
import type { ParameterValue } from '@natsweep/sweep';
import { seriesColours } from '../colours.ts';
import { groupByParams, valuesOf, type Group } from '../grouping.ts';
import { formatMeasured, formatValue } from '../number-format.ts';
import type { Objective } from '../objective.ts';
import { quantile } from '../quantile.ts';
import { plotScale, yAxisMargin, yAxisMark } from './axis-marks.ts';
import { valueAxis, type ValueAxis } from './axis-ticks.ts';
import { colourOf } from './colour-channel.ts';
import { drawPlot } from './draw-plot.ts';
import { frame, type Drawing, type RenderedFigure } from './frame.ts';

const PANEL = { width: 300, height: 200 };
const CHARACTER = 6.4;
/** More values than this on one axis are summarised in bins of neighbouring values. */
const MAX_VALUES = 24;

interface Boxing {
  readonly ofTrial: Objective['ofTrial'];
  readonly seriesBy: string | undefined;
  readonly series: readonly ParameterValue[];
  readonly colours: readonly string[];
}

/** The objective against each swept axis: median, quartiles and extremes over all trials with that value and colour. */
export function objectiveFigure(
  objective: Objective,
  parameters: readonly string[],
  seriesBy?: string,
): RenderedFigure | undefined {
  if (objective.trials.length === 0 || parameters.length === 0) return undefined;
  const items = objective.trials;
  const series = seriesBy === undefined ? [''] : valuesOf(items, seriesBy);
  const colours = seriesBy === undefined ? ['#0072b2'] : seriesColours(series);
  const y = valueAxis(objective.scale, items.map(objective.ofTrial), { maxTicks: 5 });
  return frame({
    id: 'objective-by-axis',
    title: `${objective.metric} against each axis`,
    caption: 'Circle: median over all trials with that value; thick bar: quartiles; thin line: extremes.',
    legendTitle: seriesBy ?? '',
    legend:
      seriesBy === undefined ? [] : series.map((value, i) => ({ label: formatValue(value), colour: colours[i]! })),
    keys: [],
    plot: tile(
      parameters.map((parameter) =>
        axisPanel(items, parameter, { y, ofTrial: objective.ofTrial, seriesBy, series, colours }),
      ),
    ),
  });
}

function axisPanel(
  items: Objective['trials'],
  parameter: string,
  { y, ...boxing }: Boxing & { readonly y: ValueAxis },
): Drawing {
  const bins = binned(groupByParams(items, [parameter]).filter(({ values: [value] }) => value !== undefined));
  const boxes = bins.flatMap((bin, place) =>
    boxesOf(bin.items, parameter, boxing, y.domain[0]).map((box) => ({ ...box, place: place + box.shift })),
  );
  const room = (PANEL.width - 60) / bins.length;
  const crowded = bins.some(({ label }) => label.length * CHARACTER + 6 > room);
  const mark = { x: 'place', stroke: colourOf((box: Box) => String(box.series)) };
  return drawPlot({
    width: PANEL.width,
    height: PANEL.height + (crowded ? 34 : 0),
    marginLeft: yAxisMargin(y, null),
    marginRight: 6,
    marginTop: 22,
    marginBottom: crowded ? 74 : 40,
    x: {
      type: 'linear',
      domain: [-0.6, bins.length - 0.4],
      ticks: bins.map((_, place) => place),
      tickFormat: (place: number) => bins[place]?.label ?? '',
      label: null,
      tickRotate: crowded ? -40 : 0,
      tickSize: 3,
    },
    y: plotScale(y),
    color: { domain: boxing.series.map(String), range: [...boxing.colours] },
    marks: [
      yAxisMark(y, null),
      Plot.gridY([...y.ticks], { strokeOpacity: 0.12 }),
      Plot.frame({ strokeOpacity: 0.5 }),
      Plot.text([parameter], { frameAnchor: 'top-left', dy: -13, fontSize: 10, fontWeight: 'bold' }),
      Plot.ruleX(boxes, { ...mark, y1: 'low', y2: 'high', strokeOpacity: 0.5 }),
      Plot.ruleX(boxes, { ...mark, y1: 'first', y2: 'third', strokeWidth: 5, strokeOpacity: 0.4 }),
      Plot.dot(boxes, { ...mark, y: 'median', strokeWidth: 1.4, r: 2.6 }),
    ],
  });
}

interface Box {
  readonly series: ParameterValue;
  /** Sideways, so that the boxes of one value do not cover each other. */
  readonly shift: number;
  readonly low: number;
  readonly first: number;
  readonly median: number;
  readonly third: number;
  readonly high: number;
}

function boxesOf(
  items: Objective['trials'],
  parameter: string,
  { ofTrial, seriesBy, series }: Boxing,
  floor: number,
): readonly Box[] {
  const groups: readonly Group<Objective['trials'][number]>[] =
    seriesBy === undefined
      ? [{ values: [''], items }]
      : groupByParams(items, [seriesBy]).filter(({ values: [value] }) => value !== undefined);
  return groups.map(({ values: [name], items: members }) => {
    const sorted = Float64Array.from(members, ofTrial).sort();
    const at = (probability: number) => Math.max(floor, quantile(sorted, probability));
    const rank = series.indexOf(name!) - (series.length - 1) / 2;
    return {
      series: name!,
      shift: seriesBy === undefined || seriesBy === parameter ? 0 : (rank * 0.7) / series.length,
      low: at(0),
      first: at(0.25),
      median: at(0.5),
      third: at(0.75),
      high: at(1),
    };
  });
}

function binned(
  groups: readonly Group<Objective['trials'][number]>[],
): readonly { readonly label: string; readonly items: Objective['trials'] }[] {
  const size = Math.ceil(groups.length / MAX_VALUES);
  return Array.from({ length: Math.ceil(groups.length / size) }, (_, i) => {
    const members = groups.slice(i * size, (i + 1) * size);
    const [first, last] = [members[0]!.values[0]!, members.at(-1)!.values[0]!];
    const range = typeof first === 'number' ? `${formatMeasured(first)}…` : `${first}…`;
    return {
      label: first === last ? formatValue(first) : range,
      items: members.length === 1 ? members[0]!.items : members.flatMap(({ items }) => items),
    };
  });
}

/** Drawings side by side, three to a row, or two by two. */
function tile(drawings: readonly Drawing[]): Drawing {
  const columns = drawings.length === 4 ? 2 : Math.min(3, drawings.length);
  let top = 0;
  let markup = '';
  for (let start = 0; start < drawings.length; start += columns) {
    const row = drawings.slice(start, start + columns);
    for (const [i, { markup: inner }] of row.entries()) {
      markup += `<g transform="translate(${i * (PANEL.width + 8)},${top})">${inner}</g>`;
    }
    top += Math.max(...row.map(({ height }) => height)) + 4;
  }
  return { markup, width: columns * (PANEL.width + 8), height: top };
}
