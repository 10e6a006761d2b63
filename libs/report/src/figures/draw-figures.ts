import type { ResultsStore } from '@natsweep/results';
import type { SweepResults } from '../sweep-results.ts';
import type { RenderedFigure } from './frame.ts';
import { traceFigure } from './trace-figure.ts';

/** The experiment's own figures, those that the sweep has something to show for. */
export async function drawFigures(
  store: ResultsStore,
  { sweep, declaration }: SweepResults,
): Promise<readonly RenderedFigure[]> {
  const drawn: RenderedFigure[] = [];
  for (const figure of declaration.figures) {
    if (figure.kind !== 'traces') continue;
    const rendered = await traceFigure(figure, store.traces(sweep.name));
    if (rendered !== undefined) drawn.push(rendered);
  }
  return drawn;
}
