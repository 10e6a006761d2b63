import * as Plot from '@observablehq/plot';
import type { ParameterValue } from '@natsweep/sweep';
import { plotScale, xAxisMargin, xAxisMark, yAxisMargin, yAxisMark } from './axis-marks.ts';
import type { Axis, ValueAxis } from './axis-ticks.ts';
import { colourOf } from './colour-channel.ts';
import { dashedLines } from './dashed-lines.ts';
import { drawPlot } from './draw-plot.ts';
import type { Drawing } from './frame.ts';
import type { PanelLayout } from './panels.ts';

/** Width of a panel by the number of columns: the last width holds for more. */
const WIDTHS = [460, 290, 220];
const HEIGHT = 165;
const LABEL_ADVANCE = 6.5;
const TITLE_LINE = 13;
const RADIUS = 2.6;

/** A mark in one of the panels. */
export interface PanelPoint {
  readonly column: number;
  readonly row: number;
  readonly series: ParameterValue;
  readonly x: ParameterValue;
  readonly y: number;
  /** Ends of the spread around y. */
  readonly low: number;
  readonly high: number;
}

export interface PanelPlotContent {
  readonly layout: PanelLayout<unknown>;
  readonly series: readonly ParameterValue[];
  readonly colours: readonly string[];
  readonly x: Axis;
  readonly xLabel: string;
  readonly y: ValueAxis;
  readonly yLabel: string;
  readonly lines: readonly PanelPoint[];
  /** Lines that only guide the eye from circle to circle. */
  readonly guides: boolean;
  readonly circles: readonly PanelPoint[];
  /** The spread of measurements: a bar through each circle, or a shade along the points of `shades`. */
  readonly spread: 'bars' | 'shades';
  readonly shades: readonly PanelPoint[];
}

/** Small multiples with shared axes: shades and lines below, circles above. Circles outside the y axis are left out. */
export function panelPlot(content: PanelPlotContent): Drawing {
  const { layout, series, colours, x, y, yLabel, circles } = content;
  const inside = (point: PanelPoint) => point.y >= y.domain[0] && point.y <= y.domain[1];
  const place = { fx: 'column', fy: 'row', x: 'x', stroke: colourOf((point: PanelPoint) => String(point.series)) };
  const clamped = (value: number) => Math.min(y.domain[1], Math.max(y.domain[0], value));
  const ends = { y1: ({ low }: PanelPoint) => clamped(low), y2: ({ high }: PanelPoint) => clamped(high) };
  const shown = circles.filter(inside);
  const titles = layout.panels.filter(({ title }) => title !== '');
  const titleHeight = TITLE_LINE * Math.max(0, ...titles.map(({ title }) => title.split('\n').length));
  const width = WIDTHS[Math.min(layout.columns, WIDTHS.length) - 1]!;
  // one row must be as high as its axis label is long
  const height = layout.rows > 1 ? HEIGHT : Math.max(HEIGHT, 0.55 * width, yLabel.length * LABEL_ADVANCE);
  const top = 8 + titleHeight;
  const gap = 12 + titleHeight;
  const left = yAxisMargin(y, yLabel);
  const bottom = xAxisMargin(x);
  return drawPlot({
    width: left + layout.columns * width + 8,
    height: top + bottom + layout.rows * (height + gap) - gap,
    marginLeft: left,
    marginRight: 8,
    marginTop: top,
    marginBottom: bottom,
    fx: panelBand(layout.columns, 0.07),
    fy: panelBand(layout.rows, gap / (height + gap)),
    x: plotScale(x),
    y: plotScale(y),
    color: { domain: series.map(String), range: [...colours] },
    marks: [
      xAxisMark(x, content.xLabel),
      yAxisMark(y, yLabel),
      Plot.gridY([...y.ticks], { strokeOpacity: 0.12 }),
      Plot.frame({ strokeOpacity: 0.5 }),
      Plot.text(titles, {
        ...{ fx: 'column', fy: 'row', text: 'title', frameAnchor: 'top-left' },
        ...{ lineAnchor: 'bottom', dy: -5, fontSize: 10, fontWeight: 'bold' },
      }),
      ...(content.spread === 'shades'
        ? [
            Plot.areaY(content.shades, {
              ...place,
              ...ends,
              stroke: null,
              fill: place.stroke,
              z: 'series',
              fillOpacity: 0.18,
            }),
          ]
        : []),
      ...dashedLines(content.lines, { scale: y, height }).map(({ points, dashes, offset }) =>
        Plot.line(points, {
          ...{ ...place, y: 'y', z: 'series', strokeWidth: 1.4 },
          ...(dashes === undefined ? {} : { strokeDasharray: dashes, strokeDashoffset: offset, strokeLinecap: 'butt' }),
        }),
      ),
      ...(content.guides
        ? [Plot.line(shown, { ...place, y: 'y', z: 'series', strokeWidth: 1, strokeOpacity: 0.45 })]
        : []),
      ...(content.spread === 'bars'
        ? [Plot.ruleX(visibleBars(shown, y, height), { ...place, ...ends, strokeOpacity: 0.6 })]
        : []),
      Plot.dot(shown, { ...place, y: 'y', strokeWidth: 1.3, r: RADIUS }),
    ],
  });
}

/** Panels side by side with a share of their pitch between them; a single one takes all the room. */
function panelBand(count: number, gap: number): Plot.ScaleOptions {
  const domain = Array.from({ length: count }, (_, i) => i);
  return { axis: null, paddingInner: count > 1 ? gap : 0, paddingOuter: 0, domain };
}

/**
 * What an axis must hold of a measured point: its spread too, but on a log scale no more than a decade to either side. One
 * bar of a diverging curve would otherwise squeeze all the others together; it is cut at the frame.
 */
export function reach({ y, low, high }: PanelPoint, scale: ValueAxis['type']): readonly number[] {
  return scale === 'log' ? [Math.max(low, y / 10), Math.min(high, 10 * y)] : [low, high];
}

/** Bars that stick out of their circle. */
function visibleBars(
  points: readonly PanelPoint[],
  { type, domain }: ValueAxis,
  height: number,
): readonly PanelPoint[] {
  const scale = type === 'log' ? Math.log : (value: number) => value;
  const pixels = height / (scale(domain[1]) - scale(domain[0]));
  return points.filter(({ y, high }) => (scale(high) - scale(y)) * pixels > RADIUS + 1);
}
