import type { ResultsStore } from '@natsweep/results';
import { axisImportance } from './axis-importance.ts';
import { heatMapFigure } from './figures/heat-map-figure.ts';
import { importanceFigure } from './figures/importance-figure.ts';
import type { RenderedFigure } from './figures/frame.ts';
import { objectiveFigure } from './figures/objective-figure.ts';
import { parallelFigure } from './figures/parallel-figure.ts';
import { seriesAxis, sweptParameters } from './series-axis.ts';
import type { SweepResults } from './sweep-results.ts';
import { trainingCurves } from './training-curves.ts';

const MAX_AXES = 12;

/** The plots that make sense for any sweep; none where nothing was measured. */
export async function exploringFigures(store: ResultsStore, results: SweepResults): Promise<readonly RenderedFigure[]> {
  const figures = [await trainingCurves(store, results), ...figuresOfAxes(results)];
  return figures.filter((figure) => figure !== undefined);
}

/** What the axes do to the objective, most telling first; none where nothing was varied. */
function figuresOfAxes(results: SweepResults): readonly (RenderedFigure | undefined)[] {
  const { objective } = results;
  const swept = sweptParameters(results);
  if (objective === undefined || objective.trials.length < 2 || swept.length === 0) return [];
  const importance = axisImportance(objective, swept);
  const names = importance.map(({ parameter }) => parameter).slice(0, MAX_AXES);
  const [first, second] = names;
  return [
    objectiveFigure(objective, names, seriesAxis(results, names)),
    first === undefined || second === undefined ? undefined : heatMapFigure(objective, [first, second]),
    importanceFigure(objective, importance),
    parallelFigure(objective, names.slice(0, 8)),
  ];
}
