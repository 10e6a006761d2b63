import type { SolveStatistics } from '@natsweep/models';

/** The least favourable of what several solves of one direction report. */
export function leastFavourable(parts: readonly SolveStatistics[]): SolveStatistics {
  const conditions = parts.flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
  return {
    method: parts.some(({ method }) => method === 'eigendecomposition') ? 'eigendecomposition' : 'cholesky',
    dropped: parts.reduce((sum, { dropped }) => sum + dropped, 0),
    cutoff: Math.max(...parts.map(({ cutoff }) => cutoff)),
    ...(conditions.length === 0 ? {} : { condition: Math.max(...conditions) }),
  };
}
