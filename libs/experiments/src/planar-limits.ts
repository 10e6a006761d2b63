import type { LinalgEngine } from '@natsweep/linalg';
import { logResidualWeight } from '@natsweep/models';
import { powerNorm, sparseMargin, type LargeMarginSolver, type SignedInputs } from '@natsweep/theory';

export type Point = readonly [number, number];

/** Angle from the first axis. */
export const degrees = ([x, y]: Point): number => (Math.atan2(y, x) * 180) / Math.PI;

/** The separators that a trial is compared with, as angles; `own` is where theory sees its flow end. */
export interface PlanarLimits {
  readonly l2: number;
  readonly l1: number;
  readonly own: number;
}

export function planarLimits(
  engine: LinalgEngine,
  solver: LargeMarginSolver,
  of: {
    readonly task: SignedInputs;
    readonly separator0: Point;
    readonly method: 'egd' | 'ngd' | 'ngd-population' | 'ngf';
    readonly depth: number;
  },
): PlanarLimits {
  const { task, method, depth } = of;
  const angleOf = (separator: Float64Array) => degrees([separator[0]!, separator[1]!]);
  const l2 = solver.l2(task).separator;
  const l1 = solver.l1(task).separator;
  const own = () => {
    if (method !== 'egd') return solver.linear(task, descentDirection(engine, task, of.separator0)).separator;
    if (depth === 1) return l2;
    return depth === 2 ? l1 : leastStationary(solver, task, { power: 2 / depth, starts: [l1, [1, 0], [0, 1]] });
  };
  return { l2: angleOf(l2), l1: angleOf(l1), own: angleOf(own()) };
}

/** Of the stationary points below several starts, the one of least ‖β‖_p: the problem is not convex for p < 1. */
function leastStationary(
  solver: LargeMarginSolver,
  task: SignedInputs,
  { power, starts }: { readonly power: number; readonly starts: readonly ArrayLike<number>[] },
): Float64Array {
  return starts
    .map((start) => sparseMargin(solver, task, { power, start }))
    .reduce((best, next) => (powerNorm(next, power) < powerNorm(best, power) ? next : best));
}

/** −N ∇L(β₀) = X̃ᵀφ(−u). */
function descentDirection(engine: LinalgEngine, task: SignedInputs, separator0: Point): Float64Array {
  return engine.scope(() => {
    const x = engine.tensor(task.values, [task.samples, 2]);
    const margins = engine.matmul(x, engine.tensor(separator0, [2, 1]));
    const weights = engine.unary('exp', logResidualWeight(engine, margins));
    return engine.read(engine.matmul(x, weights, { transposeA: true }));
  });
}
