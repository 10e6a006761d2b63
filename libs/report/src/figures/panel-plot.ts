import * as Plot from '@observablehq/plot';
import type { ParameterValue } from '@natsweep/sweep';
import type { AxisOptions } from './axis-ticks.ts';
import { drawPlot } from './draw-plot.ts';
import type { Drawing } from './frame.ts';
import type { PanelLayout } from './panels.ts';

/** Width of a panel by the number of columns: the last width holds for more. */
const WIDTHS = [360, 280, 220];
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
  /** Ends of the bar through a circle. */
  readonly low: number;
  readonly high: number;
}

export interface PanelPlotContent {
  readonly layout: PanelLayout<unknown>;
  readonly series: readonly ParameterValue[];
  readonly colours: readonly string[];
  readonly x: Plot.ScaleOptions & { readonly label: string };
  readonly y: AxisOptions;
  readonly yLabel: string;
  readonly lines: readonly PanelPoint[];
  /** Lines that only guide the eye from circle to circle. */
  readonly guides: boolean;
  readonly circles: readonly PanelPoint[];
}

/** Small multiples with shared axes: lines below, circles with bars above. Marks outside the y axis are left out. */
export function panelPlot({
  layout,
  series,
  colours,
  x,
  y,
  yLabel,
  lines,
  guides,
  circles,
}: PanelPlotContent): Drawing {
  const inside = (point: PanelPoint) => point.y >= y.domain[0] && point.y <= y.domain[1];
  const place = { fx: 'column', fy: 'row', x: 'x', stroke: (point: PanelPoint) => String(point.series) };
  const shown = circles.filter(inside);
  const titles = layout.panels.filter(({ title }) => title !== '');
  const titleHeight = TITLE_LINE * Math.max(0, ...titles.map(({ title }) => title.split('\n').length));
  const width = WIDTHS[Math.min(layout.columns, WIDTHS.length) - 1]!;
  // one row must be as high as its axis label is long
  const height = layout.rows > 1 ? HEIGHT : Math.max(HEIGHT, 0.6 * width, yLabel.length * LABEL_ADVANCE);
  const top = 8 + titleHeight;
  const gap = 12 + titleHeight;
  return drawPlot({
    width: 60 + layout.columns * width,
    height: top + 36 + layout.rows * (height + gap) - gap,
    marginLeft: 54,
    marginRight: 8,
    marginTop: top,
    marginBottom: 36,
    fx: { axis: null, paddingInner: 0.06, paddingOuter: 0, domain: range(layout.columns) },
    fy: {
      axis: null,
      paddingInner: gap / (height + gap),
      paddingOuter: 0,
      domain: range(layout.rows),
    },
    x: { labelArrow: 'none', labelAnchor: 'center', ...x },
    y: { ...y, domain: [...y.domain], ticks: [...y.ticks], label: yLabel, labelArrow: 'none', labelAnchor: 'center' },
    color: { domain: series.map(String), range: [...colours] },
    marks: [
      Plot.gridY({ ticks: [...y.ticks], strokeOpacity: 0.12 }),
      Plot.frame({ strokeOpacity: 0.5 }),
      Plot.text(titles, {
        ...{ fx: 'column', fy: 'row', text: 'title', frameAnchor: 'top-left' },
        ...{ lineAnchor: 'bottom', dy: -5, fontSize: 10, fontWeight: 'bold' },
      }),
      Plot.line(lines, { ...place, y: 'y', z: 'series', strokeWidth: 1.4 }),
      ...(guides ? [Plot.line(shown, { ...place, y: 'y', z: 'series', strokeWidth: 1, strokeOpacity: 0.45 })] : []),
      Plot.ruleX(visibleBars(shown, y, height), {
        ...place,
        y1: (point: PanelPoint) => Math.max(point.low, y.domain[0]),
        y2: (point: PanelPoint) => Math.min(point.high, y.domain[1]),
        strokeOpacity: 0.6,
      }),
      Plot.dot(shown, { ...place, y: 'y', strokeWidth: 1.3, r: RADIUS }),
    ],
  });
}

/** Bars that stick out of their circle. */
function visibleBars(
  points: readonly PanelPoint[],
  { type, domain }: AxisOptions,
  height: number,
): readonly PanelPoint[] {
  const scale = type === 'log' ? Math.log : (value: number) => value;
  const pixels = height / (scale(domain[1]) - scale(domain[0]));
  return points.filter(({ y, high }) => (scale(high) - scale(y)) * pixels > RADIUS + 1);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
