import type { ResultsStore } from '@natsweep/results';
import { exploringFigures } from './explore.ts';
import { drawFigures } from './figures/draw-figures.ts';
import type { RenderedFigure } from './figures/frame.ts';
import { metricTable } from './metric-table.ts';
import { loadSweepResults, type SweepResults } from './sweep-results.ts';
import type { Table } from './table.ts';
import { setupTables } from './setup-tables.ts';
import { trialTables } from './trial-tables.ts';
import { judge, type JudgedClaim } from './verdicts.ts';

/** Everything that a report says, before it has a medium. */
export interface Report {
  readonly results: SweepResults;
  readonly claims: readonly JudgedClaim[];
  readonly tables: readonly Table[];
  /** What the experiment itself draws. */
  readonly figures: readonly RenderedFigure[];
  /** What any sweep draws. */
  readonly exploring: readonly RenderedFigure[];
  readonly trialTables: readonly Table[];
  readonly setupTables: readonly Table[];
}

/** Reads a sweep, judges its claims and draws its figures. Throws `UnknownSweepError`. */
export async function buildReport(store: ResultsStore, sweep: string): Promise<Report> {
  const results = await loadSweepResults(store, sweep);
  return {
    results,
    claims: judge(results.declaration.claims, results.measurements),
    tables: metricTables(results),
    figures: await drawFigures(store, results),
    exploring: await exploringFigures(store, results),
    trialTables: trialTables(results),
    setupTables: setupTables(results),
  };
}

/** The objective and what the experiment's own figures show; for an experiment with neither, its first metric. */
function metricTables(results: SweepResults): readonly Table[] {
  const { spec, declaration, measurements } = results;
  if (measurements.length === 0) return [];
  const drawn = declaration.figures.flatMap((figure) => (figure.kind === 'metric' ? [figure.measured] : []));
  const asked = spec.objective === null ? drawn : [spec.objective.metric, ...drawn];
  const metrics = asked.length > 0 ? asked : Object.keys(declaration.metrics).slice(0, 1);
  return [...new Set(metrics)].map((metric) => metricTable(results, metric));
}
