import * as Plot from '@observablehq/plot';
import type { TraceFigure } from '@natsweep/catalogue';
import type { Parameters, ParameterValue } from '@natsweep/sweep';
import { seriesColours } from '../colours.ts';
import { valuesOf } from '../grouping.ts';
import { formatValue } from '../number-format.ts';
import { DECADES_SHOWN, valueAxis, type AxisOptions } from './axis-ticks.ts';
import { createDocument, fontFamily, frame, type PlotElement, type RenderedFigure } from './frame.ts';
import { layOutPanels } from './panels.ts';
import { TraceBands, type TracedTrial } from './trace-bands.ts';

const PANEL = { width: 220, height: 165, gap: 26 };
const RADIUS = 2.6;

interface Point {
  readonly column: number;
  readonly row: number;
  readonly series: ParameterValue;
  readonly step: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Draws traces against step: measured means as circles with their spread over trials, theory as lines. */
export async function traceFigure(
  figure: TraceFigure,
  trials: AsyncIterable<TracedTrial>,
): Promise<RenderedFigure | undefined> {
  const bands = new TraceBands([...figure.panelBy, figure.seriesBy], figure.yScale);
  const names = figure.theory === undefined ? [figure.measured] : [figure.measured, figure.theory];
  for await (const trial of trials) if (matches(trial.params, figure.only)) bands.add(trial, names);
  const groups = bands.groups();
  if (groups.length === 0) return undefined;

  const layout = layOutPanels(groups, figure.panelBy);
  const series = valuesOf(groups, figure.seriesBy);
  const pointsOf = (trace: string): readonly Point[] =>
    layout.panels.flatMap(({ column, row, items }) =>
      items.flatMap((group) => {
        const { centre, low, high } = group.band(trace);
        return centre.flatMap((value, step) =>
          value === null
            ? []
            : [
                {
                  column,
                  row,
                  series: group.params[figure.seriesBy]!,
                  step,
                  value,
                  low: low[step]!,
                  high: high[step]!,
                },
              ],
        );
      }),
    );
  const measured = pointsOf(figure.measured);
  const theory = figure.theory === undefined ? [] : pointsOf(figure.theory);
  const steps = Math.max(1, ...measured.map(({ step }) => step));
  const y = valueAxis(
    figure.yScale,
    [...measured, ...theory].map(({ value }) => value),
  );
  const inside = (point: Point) => point.value >= y.domain[0] && point.value <= y.domain[1];
  const circles = thinned(measured.filter(inside), series, steps);
  const clampedLow = (point: Point) => Math.max(point.low, y.domain[0]);
  const colours = seriesColours(series);
  const titles = layout.panels.filter(({ title }) => title !== '');

  const plot = Plot.plot({
    document: createDocument(),
    className: 'plot',
    style: { fontFamily, fontSize: '11px', background: 'none', color: 'inherit', overflow: 'visible' },
    width: 60 + layout.columns * PANEL.width,
    height: 44 + layout.rows * (PANEL.height + PANEL.gap),
    marginLeft: 52,
    marginRight: 8,
    marginTop: titles.length > 0 ? 22 : 8,
    marginBottom: 36,
    fx: { axis: null, padding: 0.06, domain: range(layout.columns) },
    fy: { axis: null, padding: PANEL.gap / (PANEL.height + PANEL.gap), domain: range(layout.rows) },
    x: {
      label: figure.xLabel,
      labelArrow: 'none',
      labelAnchor: 'center',
      domain: [-steps * 0.02, steps * 1.02],
      ticks: 5,
      tickFormat: 'd',
    },
    y: {
      ...y,
      label: figure.yLabel,
      labelArrow: 'none',
      labelAnchor: 'center',
      domain: [...y.domain],
      ticks: [...y.ticks],
    },
    color: { domain: series.map(String), range: [...colours] },
    marks: [
      Plot.gridY({ ticks: [...y.ticks], strokeOpacity: 0.12 }),
      Plot.frame({ strokeOpacity: 0.5 }),
      Plot.text(titles, {
        fx: 'column',
        fy: 'row',
        text: 'title',
        frameAnchor: 'top-left',
        dy: -13,
        fontSize: 10,
        fontWeight: 'bold',
      }),
      Plot.line(theory.filter(inside), {
        fx: 'column',
        fy: 'row',
        x: 'step',
        y: 'value',
        z: 'series',
        stroke: (p: Point) => String(p.series),
        strokeWidth: 1.4,
      }),
      Plot.ruleX(visibleBars(circles, y), {
        fx: 'column',
        fy: 'row',
        x: 'step',
        y1: clampedLow,
        y2: 'high',
        stroke: (p: Point) => String(p.series),
        strokeOpacity: 0.6,
      }),
      Plot.dot(circles, {
        fx: 'column',
        fy: 'row',
        x: 'step',
        y: 'value',
        stroke: (p: Point) => String(p.series),
        strokeWidth: 1.3,
        r: RADIUS,
      }),
    ],
  }) as PlotElement;

  const hidden = [...measured, ...theory].some((point) => !inside(point));
  const fewest = Math.min(...groups.map((group) => group.trials));
  const most = Math.max(...groups.map((group) => group.trials));
  return frame({
    id: figure.id,
    title: figure.title,
    caption: [
      `${figure.source}.`,
      `Circles: ${figure.yScale === 'log' ? 'geometric ' : ''}mean over ${fewest === most ? most : `${fewest} to ${most}`} trials, bars one standard deviation${figure.yScale === 'log' ? ' of the logarithm' : ''}.`,
      figure.theory === undefined ? '' : 'Lines: theory, averaged in the same way.',
      hidden ? `Values more than ${DECADES_SHOWN} decades below the largest are not shown.` : '',
      layout.omitted > 0 ? `${layout.omitted} further panels are not shown.` : '',
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    legendTitle: figure.seriesBy,
    legend: series.map((value, i) => ({ label: formatValue(value), colour: colours[i]! })),
    keys: figure.theory === undefined ? ['measured'] : ['measured', 'theory'],
    plot,
  });
}

export function matches(params: Parameters, only: Parameters = {}): boolean {
  return Object.entries(only).every(([name, value]) => params[name] === value);
}

/** About a dozen circles per series, staggered between series where there are steps enough, so that equal curves stay visible. */
function thinned(points: readonly Point[], series: readonly ParameterValue[], steps: number): readonly Point[] {
  const even = Math.max(1, Math.round(steps / 12));
  const stride = steps >= 4 * series.length ? Math.max(even, series.length) : even;
  const offset = new Map(series.map((value, i) => [value, Math.floor((i * stride) / series.length)]));
  return points.filter(({ step, series: value }) => step % stride === offset.get(value));
}

/** Bars that stick out of their circle. */
function visibleBars(points: readonly Point[], { type, domain }: AxisOptions): readonly Point[] {
  const scale = type === 'log' ? Math.log : (value: number) => value;
  const pixels = PANEL.height / (scale(domain[1]) - scale(domain[0]));
  return points.filter(({ value, high }) => (scale(high) - scale(value)) * pixels > RADIUS + 1);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
