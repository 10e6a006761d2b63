import type { Figure } from '@natsweep/catalogue';
import type { MeasuredTrial, ResultsStore } from '@natsweep/results';
import type { Parameters } from '@natsweep/sweep';
import { groupByParams, valuesOf } from '../grouping.ts';
import { pointsOf } from '../points.ts';
import { sweptParameters } from '../series-axis.ts';
import type { SweepResults } from '../sweep-results.ts';
import { typeset } from '../typeset.ts';
import { caption } from './caption.ts';
import type { RenderedFigure } from './frame.ts';
import { matrixFigure } from './matrix-figure.ts';
import { metricFigure } from './metric-figure.ts';
import { MAX_PANELS, type PanelTitling } from './panels.ts';
import { traceFigure } from './trace-figure.ts';
import type { TracedTrial } from './trace-bands.ts';

/** Traces of at most this many trials are all read; of a larger sweep, some of every curve that is drawn. */
const ALL_TRACES = 3000;
const TRACES_PER_CURVE = 12;

/** The experiment's own figures, those that the sweep has something to show for. */
export async function drawFigures(store: ResultsStore, results: SweepResults): Promise<readonly RenderedFigure[]> {
  const { declaration } = results;
  const drawn: RenderedFigure[] = [];
  const shown = new Set<string>();
  const points = pointsOf(results.measurements).params;
  const isNamed = titling(results);
  for (const asked of declaration.figures) {
    const figure = printed(separated(atLargest(asked, results), sweptParameters(results), points));
    const rendered = await drawFigure(store, results, { figure, isNamed });
    if (rendered !== undefined && !isRepeated(asked, rendered, shown)) drawn.push(rendered);
    if (asked.kind === 'traces') shown.add(asked.measured);
  }
  return drawn;
}

/** A trace that an earlier figure shows is drawn again for another theory, and that was not recorded. */
function isRepeated(figure: Figure, { keys }: RenderedFigure, shown: ReadonlySet<string>): boolean {
  return (
    figure.kind === 'traces' && figure.theory !== undefined && shown.has(figure.measured) && !keys.includes('theory')
  );
}

/** The figure with its texts as they are printed. */
function printed<F extends Figure>(figure: F): F {
  const texts = { title: typeset(figure.title), source: typeset(figure.source) };
  if (figure.kind === 'matrix') return { ...figure, ...texts };
  return { ...figure, ...texts, xLabel: typeset(figure.xLabel), yLabel: typeset(figure.yLabel) };
}

async function drawFigure(
  store: ResultsStore,
  results: SweepResults,
  { figure, isNamed }: { readonly figure: Figure; readonly isNamed: PanelTitling },
): Promise<RenderedFigure | undefined> {
  const only = Object.entries(figure.only ?? {});
  const { measurements } = results;
  const trials =
    only.length === 0
      ? measurements
      : measurements.filter(({ params }) => only.every(([name, value]) => params[name] === value));
  if (figure.kind === 'metric') return metricFigure(figure, trials, isNamed);
  const sample = trials.length > ALL_TRACES ? sampled(trials, figure) : undefined;
  const traces = tracesOf(store, { sweep: results.sweep.name, figure, sample });
  switch (figure.kind) {
    case 'traces':
      return withNote(await traceFigure(figure, traces, isNamed), sampleSentence(sample));
    case 'matrix':
      return withNote(await matrixFigure(figure, traces, isNamed), sampleSentence(sample));
    default:
      return figure satisfies never;
  }
}

/** `atLargest` as values of `only`. */
function atLargest<F extends Figure>(figure: F, { measurements }: SweepResults): F {
  const largest = (figure.atLargest ?? []).flatMap((name) =>
    valuesOf(measurements, name)
      .slice(-1)
      .map((value) => [name, value] as const),
  );
  return { ...figure, only: { ...figure.only, ...Object.fromEntries(largest) } };
}

/** Swept parameters that vary where all that the figure places are equal would be averaged over unseen: they become panels. */
function separated<F extends Figure>(figure: F, swept: readonly string[], points: readonly Parameters[]): F {
  const panelBy = [...figure.panelBy];
  const placed = () => [...panelBy, figure.seriesBy, ...(figure.kind === 'metric' ? [figure.x] : [])];
  const items = points.map((params) => ({ params }));
  for (const name of swept) {
    if (placed().includes(name)) continue;
    if (groupByParams(items, placed()).some((group) => varies(group.items, name))) panelBy.push(name);
  }
  return { ...figure, panelBy };
}

function varies(items: readonly { readonly params: Parameters }[], name: string): boolean {
  const values = items.map(({ params }) => params[name]).filter((value) => value !== undefined);
  return values.some((value) => value !== values[0]);
}

/** A panel is not named by a parameter that none of its trials has, because its axis is absent at all of them. */
function titling({ measurements, placed }: SweepResults): PanelTitling {
  const points = new Map<Parameters, Parameters>();
  for (const [i, { params }] of measurements.entries()) points.set(params, placed[i]!.params);
  return (panel, parameter) => {
    const wanted = Object.entries(panel);
    return points
      .entries()
      .some(
        ([params, present]) =>
          present[parameter] !== undefined && wanted.every(([name, value]) => params[name] === value),
      );
  };
}

/** Some trials of every curve that is drawn. */
interface Sample {
  readonly trials: readonly MeasuredTrial[];
  readonly panels: number;
}

function sampled(trials: readonly MeasuredTrial[], { panelBy, seriesBy }: Figure): Sample {
  const points = pointsOf(trials).params.map((params) => ({ params }));
  const panels = groupByParams(points, panelBy);
  const shown = new Set(panels.slice(0, MAX_PANELS).flatMap(({ items }) => items.map(({ params }) => params)));
  const drawable = trials.filter(({ params }) => shown.has(params));
  const curves = groupByParams(drawable, [...panelBy, seriesBy]);
  return { trials: curves.flatMap(({ items }) => items.slice(0, TRACES_PER_CURVE)), panels: panels.length };
}

interface TraceSelection {
  readonly sweep: string;
  readonly figure: Figure;
  /** Default: all trials that the figure is of. */
  readonly sample: Sample | undefined;
}

async function* tracesOf(store: ResultsStore, { sweep, figure, sample }: TraceSelection): AsyncIterable<TracedTrial> {
  if (sample === undefined) {
    yield* store.traces(sweep, figure.only === undefined ? {} : { where: figure.only });
    return;
  }
  for (const { trialId } of sample.trials) {
    const record = await store.trial(sweep, trialId);
    if (record?.kind === 'observation') yield record;
  }
}

function sampleSentence(sample: Sample | undefined): string {
  if (sample === undefined) return '';
  const omitted = sample.panels - MAX_PANELS;
  const panels = omitted > 0 ? ` ${omitted} further panels are not shown.` : '';
  return `Drawn from up to ${TRACES_PER_CURVE} of the trials of each curve.${panels}`;
}

function withNote<F extends RenderedFigure | undefined>(figure: F, note: string): F {
  return figure && { ...figure, caption: caption(figure.caption, note) };
}
