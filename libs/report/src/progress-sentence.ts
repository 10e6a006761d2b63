import type { SweepResults } from './sweep-results.ts';

/** "240 of 240 trials observed (230 converged, 10 diverged), 0 failed." */
export function progressSentence({ sweep, counts }: Pick<SweepResults, 'sweep' | 'counts'>): string {
  const list = (part: Readonly<Partial<Record<string, number>>>) => {
    const entries = Object.entries(part).filter(([, count]) => (count ?? 0) > 0);
    return entries.length === 0 ? '' : ` (${entries.map(([name, count]) => `${count} ${name}`).join(', ')})`;
  };
  const observed = `${counts.observed} of ${sweep.planned} trials observed${list(counts.byOutcome)}`;
  const failed = `${counts.failed} failed${list(counts.byFailure)}`;
  const missing = sweep.planned - counts.observed - counts.failed;
  const rest = missing > 0 ? `, ${missing} still to come (the sweep is ${sweep.state})` : '';
  return `${observed}, ${failed}${rest}.`;
}
