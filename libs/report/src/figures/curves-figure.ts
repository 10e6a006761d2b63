import * as Plot from '@observablehq/plot';
import type { Measured, ParameterValue } from '@natsweep/sweep';
import { seriesColours } from '../colours.ts';
import { valuesOf } from '../grouping.ts';
import { spansDecades } from '../objective.ts';
import { plotScale, xAxisMark, yAxisMargin, yAxisMark } from './axis-marks.ts';
import { stepAxis, valueAxis } from './axis-ticks.ts';
import { caption } from './caption.ts';
import { colourOf } from './colour-channel.ts';
import { drawPlot } from './draw-plot.ts';
import { frame, type RenderedFigure } from './frame.ts';
import { seriesLegend } from './series-legend.ts';
import type { TracedTrial } from './trace-bands.ts';

const WIDTH = 560;
const HEIGHT = 300;
const DECADES_SHOWN = 16;
/** Points of one line. */
const POINTS = 200;

export interface CurvesContent {
  /** The trials that are drawn, and of how many they are a choice. */
  readonly trials: readonly TracedTrial[];
  readonly total: number;
  readonly trace: string;
  readonly description: string;
  /** With its unit. */
  readonly label: string;
  /** The parameter that colours stand for; default: one colour. */
  readonly seriesBy?: string;
}

/** A training curve per trial, as it was recorded: against the trace `step` where there is one, else the recorded step. */
export function curvesFigure(content: CurvesContent): RenderedFigure | undefined {
  const { trials, total, trace, description, label, seriesBy } = content;
  const series = seriesBy === undefined ? [''] : valuesOf(trials, seriesBy);
  const colours = seriesBy === undefined ? ['#0072b2'] : seriesColours(series);
  const hasSteps = trials.every(({ traces }) => (traces[trace]?.length ?? 0) <= (traces['step']?.length ?? 0));
  const points = trials.flatMap((trial, i) =>
    curve(trial.traces[trace] ?? [], hasSteps ? trial.traces['step'] : undefined).map(([x, y]) => ({
      ...{ x, y, trial: i },
      series: String(seriesBy === undefined ? '' : trial.params[seriesBy]),
    })),
  );
  if (points.length === 0) return undefined;
  const values = points.map(({ y }) => y);
  const x = stepAxis(points.reduce((last, point) => Math.max(last, point.x), 1));
  const y = valueAxis(spansDecades(values) ? 'log' : 'linear', values, { decades: DECADES_SHOWN });
  const left = yAxisMargin(y, label);
  return frame({
    id: 'curves',
    title: `${trace} while training`,
    caption: caption(
      `${description}.`,
      total > trials.length
        ? `Each line is a trial: ${trials.length} of ${total}, the best and an even choice of the others.`
        : 'Each line is a trial.',
    ),
    ...seriesLegend(seriesBy ?? '', series as readonly ParameterValue[], colours),
    keys: [],
    plot: drawPlot({
      width: left + WIDTH,
      height: HEIGHT,
      marginLeft: left,
      marginRight: 8,
      marginTop: 8,
      marginBottom: 38,
      x: plotScale(x),
      y: { ...plotScale(y), clamp: true },
      color: { domain: series.map(String), range: [...colours] },
      marks: [
        xAxisMark(x, hasSteps ? 'step' : 'recorded step'),
        yAxisMark(y, label),
        Plot.gridY([...y.ticks], { strokeOpacity: 0.12 }),
        Plot.frame({ strokeOpacity: 0.5 }),
        Plot.line(points, {
          x: 'x',
          y: 'y',
          z: 'trial',
          stroke: colourOf(({ series }: (typeof points)[number]) => series),
          strokeWidth: 1.1,
          strokeOpacity: 0.6,
        }),
      ],
    }),
  });
}

/** The finite values of a trace with their steps, evenly thinned, both ends among them. */
function curve(values: readonly Measured[], steps: readonly Measured[] | undefined): readonly [number, number][] {
  const points = values.flatMap((value, i): [number, number][] => {
    const x = steps === undefined ? i : steps[i];
    return value === null || x === null || x === undefined ? [] : [[x, value]];
  });
  if (points.length <= POINTS) return points;
  return Array.from({ length: POINTS }, (_, i) => points[Math.round((i * (points.length - 1)) / (POINTS - 1))]!);
}
