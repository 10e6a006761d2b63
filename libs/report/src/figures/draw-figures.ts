import type { Figure } from '@natsweep/catalogue';
import type { ResultsStore } from '@natsweep/results';
import { groupByParams, valuesOf } from '../grouping.ts';
import { sweptParameters } from '../series-axis.ts';
import type { RecordedMeasurement, SweepResults } from '../sweep-results.ts';
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
  for (const figure of declaration.figures) {
    const rendered = await drawFigure(store, results, printed(separated(atLargest(figure, results), results)));
    if (rendered !== undefined && !isRepeated(figure, rendered, shown)) drawn.push(rendered);
    if (figure.kind === 'traces') shown.add(figure.measured);
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
  figure: Figure,
): Promise<RenderedFigure | undefined> {
  const trials = results.measurements.filter(({ params }) =>
    Object.entries(figure.only ?? {}).every(([name, value]) => params[name] === value),
  );
  const isNamed = titling(results);
  const traces = () => tracesOf(store, { sweep: results.sweep.name, trials, figure });
  switch (figure.kind) {
    case 'metric':
      return metricFigure(figure, trials, isNamed);
    case 'traces':
      return withNote(await traceFigure(figure, traces(), isNamed), sampleSentence(trials, figure));
    case 'matrix':
      return withNote(await matrixFigure(figure, traces(), isNamed), sampleSentence(trials, figure));
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
function separated<F extends Figure>(figure: F, results: SweepResults): F {
  const panelBy = [...figure.panelBy];
  const placed = () => [...panelBy, figure.seriesBy, ...(figure.kind === 'metric' ? [figure.x] : [])];
  for (const name of sweptParameters(results)) {
    if (placed().includes(name)) continue;
    const groups = groupByParams(results.measurements, placed());
    if (groups.some(({ items }) => valuesOf(items, name).length > 1)) panelBy.push(name);
  }
  return { ...figure, panelBy };
}

/** A panel is not named by a parameter that none of its trials has, because its axis is absent at all of them. */
function titling({ measurements, placed }: SweepResults): PanelTitling {
  return (panel, parameter) =>
    measurements.some(
      ({ params }, i) =>
        placed[i]!.params[parameter] !== undefined &&
        Object.entries(panel).every(([name, value]) => params[name] === value),
    );
}

interface TraceSelection {
  readonly sweep: string;
  readonly trials: readonly RecordedMeasurement[];
  readonly figure: Figure;
}

async function* tracesOf(store: ResultsStore, { sweep, trials, figure }: TraceSelection): AsyncIterable<TracedTrial> {
  if (trials.length <= ALL_TRACES) {
    yield* store.traces(sweep, figure.only === undefined ? {} : { where: figure.only });
    return;
  }
  const shown = groupByParams(trials, figure.panelBy).slice(0, MAX_PANELS);
  for (const { items: curve } of shown.flatMap(({ items }) => groupByParams(items, [figure.seriesBy]))) {
    for (const { trialId } of curve.slice(0, TRACES_PER_CURVE)) {
      const record = await store.trial(sweep, trialId);
      if (record?.kind === 'observation') yield record;
    }
  }
}

function sampleSentence(trials: readonly RecordedMeasurement[], { panelBy }: Figure): string {
  if (trials.length <= ALL_TRACES) return '';
  const omitted = groupByParams(trials, panelBy).length - MAX_PANELS;
  const panels = omitted > 0 ? ` ${omitted} further panels are not shown.` : '';
  return `Drawn from up to ${TRACES_PER_CURVE} of the trials of each curve.${panels}`;
}

function withNote<F extends RenderedFigure | undefined>(figure: F, note: string): F {
  return figure && { ...figure, caption: caption(figure.caption, note) };
}
