import type { TraceFigure } from '@natsweep/catalogue';
import { seriesColours } from '../colours.ts';
import { valuesOf } from '../grouping.ts';
import { stepAxis, valueAxis, type ValueAxis } from './axis-ticks.ts';
import { caption, countRange, sourceSentence } from './caption.ts';
import { figureKeys, frame, type RenderedFigure } from './frame.ts';
import { panelPlot, reach, type PanelPoint } from './panel-plot.ts';
import { layOutPanels, omittedSentence, type PanelTitling } from './panels.ts';
import { seriesLegend } from './series-legend.ts';
import { TraceBands, type TracedTrial } from './trace-bands.ts';

/** Circles per panel, all series together. */
const CIRCLES = 60;
/** Marks more than this many decades below the largest are left out of a log plot: rounding, not measurement. */
const DECADES_SHOWN = 16;
/** Points along a shade. */
const SHADED = 80;
/** A curve of so few circles shows them all. */
const SHORT_CURVE = 10;

/** Draws traces against step: measured means as circles with their spread over trials, theory as lines. */
export async function traceFigure(
  figure: TraceFigure,
  trials: AsyncIterable<TracedTrial>,
  isNamed?: PanelTitling,
): Promise<RenderedFigure | undefined> {
  const bands = new TraceBands([...figure.panelBy, figure.seriesBy], figure.yScale);
  const names = figure.theory === undefined ? [figure.measured] : [figure.measured, figure.theory];
  for await (const trial of trials) bands.add(trial, names);
  const groups = bands.groups().filter((group) => group.band(figure.measured).centre.length > 0);
  if (groups.length === 0) return undefined;

  const layout = layOutPanels(groups, figure.panelBy, isNamed);
  const series = valuesOf(groups, figure.seriesBy);
  const pointsOf = (trace: string): readonly TracePoint[] =>
    layout.panels.flatMap(({ column, row, items }) =>
      items.flatMap((group) => {
        const { centre, low, high } = group.band(trace);
        return centre.flatMap((y, x) =>
          y === null
            ? []
            : [{ column, row, series: group.params[figure.seriesBy]!, x, y, low: low[x]!, high: high[x]! }],
        );
      }),
    );
  const measured = pointsOf(figure.measured);
  const theory = figure.theory === undefined ? [] : pointsOf(figure.theory);
  const steps = Math.max(1, ...measured.map(({ x }) => x));
  const y = valueAxis(
    figure.yScale,
    [...theory.map((point) => point.y), ...measured.flatMap((point) => reach(point, figure.yScale))],
    { decades: DECADES_SHOWN },
  );
  const hidden = [...measured, ...theory].some((point) => point.y < y.domain[0]);
  const log = figure.yScale === 'log';
  const colours = seriesColours(series);
  const counts = groups.map(({ trials: count }) => count);
  const spread = `shades one standard deviation${log ? ' of the logarithm' : ''}`;
  return frame({
    id: figure.id,
    title: figure.title,
    caption: caption(
      sourceSentence(figure.source),
      `Circles: ${log ? 'geometric mean' : 'mean'} over ${countRange(counts)}, ${spread}.`,
      theory.length > 0 && 'Lines: theory, averaged in the same way.',
      'A curve ends where the first of its trials ends.',
      hidden && `Values more than ${DECADES_SHOWN} decades below the largest are not shown.`,
      omittedSentence(layout),
    ),
    ...seriesLegend(figure.seriesBy, series, colours),
    keys: figureKeys({ spread: Math.max(...counts) > 1 ? 'shade' : undefined, hasTheory: theory.length > 0 }),
    plot: panelPlot({
      layout,
      series,
      colours,
      x: stepAxis(steps),
      xLabel: figure.xLabel,
      y,
      yLabel: figure.yLabel,
      lines: cutAt(theory, y),
      guides: false,
      circles: thinned(
        measured.filter((point) => point.y >= y.domain[0]),
        steps,
      ),
      spread: 'shades',
      shades: curvesOf(measured).flatMap(envelope),
    }),
  });
}

type TracePoint = PanelPoint & { readonly x: number };

/**
 * Every circle of a short curve; of a long one some, staggered between the series of its panel, so that curves that coincide stay
 * visible.
 */
function thinned(points: readonly TracePoint[], steps: number): readonly PanelPoint[] {
  const panels = Map.groupBy(points, ({ column, row }) => `${column} ${row}`).values();
  return [...panels].flatMap((panel) => {
    const curves = curvesOf(panel);
    const even = Math.max(1, Math.round(steps / Math.max(12, Math.floor(CIRCLES / curves.length))));
    const stride = steps >= 4 * curves.length ? Math.max(even, curves.length) : even;
    return curves.flatMap((curve, i) => {
      const offset = Math.floor((i * stride) / curves.length);
      return curve.length <= SHORT_CURVE ? curve : curve.filter(({ x }) => x % stride === offset);
    });
  });
}

/** The shade along a curve; of a long one the widest of each few steps, so that what is narrow is still seen. */
function envelope(curve: readonly TracePoint[]): readonly PanelPoint[] {
  const width = Math.ceil(curve.length / SHADED);
  if (width === 1) return curve;
  return Array.from({ length: Math.ceil(curve.length / width) }, (_, i) => {
    const part = curve.slice(i * width, (i + 1) * width);
    const [low, high] = [Math.min(...part.map((point) => point.low)), Math.max(...part.map((point) => point.high))];
    return { ...part[Math.floor(part.length / 2)]!, low, high };
  });
}

/** Lines that leave a log panel at the bottom are cut where they cross its edge; a zero is a vertical fall. */
function cutAt(points: readonly TracePoint[], { type, domain: [floor] }: ValueAxis): readonly PanelPoint[] {
  if (type === 'linear') return points;
  return curvesOf(points).flatMap((curve) =>
    curve.flatMap((point, i) => {
      if (point.y >= floor) return [point];
      const before = curve[i - 1];
      if (before === undefined || before.y < floor) return [];
      const part = Math.log(before.y / floor) / Math.log(before.y / point.y);
      return [{ ...point, x: before.x + part * (point.x - before.x), y: floor }];
    }),
  );
}

function curvesOf(points: readonly TracePoint[]): readonly (readonly TracePoint[])[] {
  return [...Map.groupBy(points, ({ column, row, series }) => `${column} ${row} ${String(series)}`).values()];
}
