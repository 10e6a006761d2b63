import type { SolveStatistics } from '@natsweep/models';

/** By how much a system strayed from what is expected of it. */
const fromBestToWorst = [
  'none',
  'cholesky',
  'qr',
  'conjugate-gradients',
  'eigendecomposition',
] as const satisfies readonly SolveStatistics['method'][];

/** The least favourable of what several solves of one direction report. */
export function leastFavourable(parts: readonly SolveStatistics[]): SolveStatistics {
  const conditions = parts.flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
  return {
    method: fromBestToWorst.findLast((candidate) => parts.some(({ method }) => method === candidate)) ?? 'none',
    dropped: parts.reduce((sum, { dropped }) => sum + dropped, 0),
    cutoff: Math.max(...parts.map(({ cutoff }) => cutoff)),
    ...(conditions.length === 0 ? {} : { condition: Math.max(...conditions) }),
  };
}
