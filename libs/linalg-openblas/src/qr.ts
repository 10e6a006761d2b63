import { references } from './routines.ts';
import { checkInfo, withWorkspace } from './workbench.ts';
import type { FloatArray } from './routines.ts';
import type { Workbench } from './workbench.ts';

/**
 * Thin QR decomposition of a [m, n] by Householder reflections; `a` is overwritten. LAPACK sees aᵀ, whose LQ decomposition
 * aᵀ = L Q' gives a = Q'ᵀ Lᵀ without a transposition.
 */
export function orthogonalTriangular(
  { routines, memory }: Workbench,
  a: FloatArray,
  { m, n, q, r }: { m: number; n: number; q: FloatArray; r: FloatArray },
): void {
  const k = Math.min(m, n);
  if (k === 0) return;
  const [rows, columns, lda, reflectors, info] = references(n, m, n, k, 0);
  memory.scratch([k], (tau) => {
    withWorkspace(memory, (work, lwork) => routines.gelqf(rows!, columns!, a, lda!, tau, work, lwork, info!));
    checkInfo('gelqf', info!);
    r.fill(0);
    for (let i = 0; i < k; i++) r.set(a.subarray(i * n + i, (i + 1) * n), i * n + i);
    withWorkspace(memory, (work, lwork) =>
      routines.orglq(reflectors!, columns!, reflectors!, a, lda!, tau, work, lwork, info!),
    );
    checkInfo('orglq', info!);
  });
  for (let i = 0; i < m; i++) q.set(a.subarray(i * n, i * n + k), i * k);
}
