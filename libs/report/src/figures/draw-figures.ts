import type { Figure, TraceFigure } from '@natsweep/catalogue';
import type { ResultsStore } from '@natsweep/results';
import { groupByParams } from '../grouping.ts';
import { seriesAxis, sweptParameters } from '../series-axis.ts';
import type { RecordedMeasurement, SweepResults } from '../sweep-results.ts';
import type { RenderedFigure } from './frame.ts';
import { matrixFigure } from './matrix-figure.ts';
import { metricFigure } from './metric-figure.ts';
import { traceFigure } from './trace-figure.ts';
import type { TracedTrial } from './trace-bands.ts';

/** Traces of at most this many trials are all read; of a larger sweep, some of every curve. */
const ALL_TRACES = 3000;
const TRACES_PER_CURVE = 12;
const MAX_CURVES = 250;

/** The experiment's own figures, those that the sweep has something to show for. */
export async function drawFigures(store: ResultsStore, results: SweepResults): Promise<readonly RenderedFigure[]> {
  const { declaration } = results;
  const figures = declaration.figures.some(({ kind }) => kind === 'traces' || kind === 'matrix')
    ? declaration.figures
    : [...declaration.figures, ...plainCurves(results)];
  const drawn: RenderedFigure[] = [];
  for (const figure of figures) {
    const rendered = await drawFigure(store, results, separated(figure, results));
    if (rendered !== undefined) drawn.push(rendered);
  }
  return drawn;
}

async function drawFigure(
  store: ResultsStore,
  results: SweepResults,
  figure: Figure,
): Promise<RenderedFigure | undefined> {
  const trials = results.measurements.filter(({ params }) =>
    Object.entries(figure.only ?? {}).every(([name, value]) => params[name] === value),
  );
  switch (figure.kind) {
    case 'metric':
      return metricFigure(figure, trials);
    case 'traces':
      return traceFigure(figure, tracesOf(store, { sweep: results.sweep.name, trials, figure }));
    case 'matrix':
      return matrixFigure(figure, tracesOf(store, { sweep: results.sweep.name, trials, figure }));
    default:
      return figure satisfies never;
  }
}

/** Swept parameters that the figure does not place would be averaged over unseen: they become panels. */
function separated<F extends Figure>(figure: F, results: SweepResults): F {
  const placed = [...figure.panelBy, figure.seriesBy, figure.kind === 'metric' ? figure.x : figure.seriesBy];
  const unplaced = sweptParameters(results).filter((name) => !placed.includes(name));
  return unplaced.length === 0 ? figure : { ...figure, panelBy: [...figure.panelBy, ...unplaced] };
}

interface TraceSelection {
  readonly sweep: string;
  readonly trials: readonly RecordedMeasurement[];
  readonly figure: Figure;
}

async function* tracesOf(store: ResultsStore, { sweep, trials, figure }: TraceSelection): AsyncIterable<TracedTrial> {
  if (trials.length <= ALL_TRACES) {
    yield* store.traces(sweep, { ...(figure.only === undefined ? {} : { where: figure.only }) });
    return;
  }
  const by = [...new Set([...figure.panelBy, figure.seriesBy])];
  for (const { items } of groupByParams(trials, by).slice(0, MAX_CURVES)) {
    const where = Object.fromEntries(by.map((name) => [name, items[0]!.params[name]!]));
    yield* store.traces(sweep, { where: { ...figure.only, ...where }, limit: TRACES_PER_CURVE });
  }
}

/** For an experiment that draws no curves of its own: its first trace, coloured by the axis that matters most. */
function plainCurves(results: SweepResults): readonly TraceFigure[] {
  const [trace] = Object.entries(results.declaration.traces);
  if (trace === undefined) return [];
  const [name, { unit, description }] = trace;
  const swept = sweptParameters(results);
  const seriesBy = seriesAxis(results, swept) ?? swept[0] ?? results.declaration.structuralParameters[0];
  if (seriesBy === undefined) return [];
  return [
    {
      id: 'curves',
      kind: 'traces',
      title: `${name} by step`,
      source: description,
      measured: name,
      panelBy: [],
      seriesBy,
      xLabel: 'recorded step',
      yLabel: unit === '1' ? name : `${name} (${unit})`,
      yScale: 'linear',
    },
  ];
}
