import type { ResultsStore } from '@natsweep/results';
import { curvesFigure } from './figures/curves-figure.ts';
import type { RenderedFigure } from './figures/frame.ts';
import type { TracedTrial } from './figures/trace-bands.ts';
import { bestAndEven } from './objective.ts';
import { seriesAxis, sweptParameters } from './series-axis.ts';
import type { SweepResults } from './sweep-results.ts';
import { typeset } from './typeset.ts';

const DRAWN = 80;

/**
 * Curves of single trials, for an experiment that draws no traces of its own: the trace of the objective, else the first
 * one that is no matrix, coloured by rule or method where that was swept.
 */
export async function trainingCurves(store: ResultsStore, results: SweepResults): Promise<RenderedFigure | undefined> {
  const { declaration, placed, sweep, objective } = results;
  if (declaration.figures.some(({ kind }) => kind === 'traces')) return undefined;
  const matrices = declaration.figures.flatMap((figure) => (figure.kind === 'matrix' ? [figure.trace] : []));
  const traces = Object.entries(declaration.traces).filter(
    ([name, { unit }]) => unit !== 'step' && !matrices.includes(name),
  );
  const [trace, declared] = traces.find(([name]) => name === objective?.metric) ?? traces[0] ?? [];
  if (trace === undefined || declared === undefined) return undefined;
  const chosen =
    objective === undefined || objective.trials.length === 0 ? placed.slice(0, DRAWN) : bestAndEven(objective, DRAWN);
  const trials: TracedTrial[] = [];
  for (const { trialId, params } of chosen) {
    const record = await store.trial(sweep.name, trialId);
    if (record?.kind === 'observation') trials.push({ params, traces: record.traces });
  }
  const swept = sweptParameters(results);
  const seriesBy = seriesAxis(results, swept) ?? swept[0];
  return curvesFigure({
    trials,
    total: objective?.trials.length ?? placed.length,
    trace,
    description: typeset(declared.description),
    label: declared.unit === '1' ? trace : `${trace} (${declared.unit})`,
    ...(seriesBy === undefined ? {} : { seriesBy }),
  });
}
