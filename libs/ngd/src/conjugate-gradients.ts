import type { LinalgEngine, Tensor } from '@natsweep/linalg';

export interface LinearSystem {
  /** A symmetric positive semidefinite operator on tensors of one shape. */
  readonly multiply: (x: Tensor) => Tensor;
  /** An approximate inverse, symmetric positive definite. */
  readonly precondition: (x: Tensor) => Tensor;
  readonly rightHandSide: Tensor;
  /** Stop at ‖b − Ax‖ ≤ tolerance ‖b‖. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/**
 * Preconditioned conjugate gradients for A x = b from x = 0 (Hestenes & Stiefel 1952), over all entries of a tensor. Returns the
 * residual that it reached: a caller decides whether that will do.
 */
export function conjugateGradients(
  engine: LinalgEngine,
  system: LinearSystem,
): { readonly solution: Tensor; readonly relativeResidual: number; readonly iterations: number } {
  const inner = (a: Tensor, b: Tensor) => engine.read(engine.reduce('sum', engine.binary('multiply', a, b)))[0]!;
  const plus = (a: Tensor, scale: number, b: Tensor) => engine.binary('add', a, engine.binary('multiply', b, scale));

  let solution = engine.full(system.rightHandSide.shape, 0);
  let residual = system.rightHandSide;
  let preconditioned = system.precondition(residual);
  let direction = preconditioned;
  let weight = inner(residual, preconditioned);
  const goal = Math.sqrt(inner(residual, residual));
  if (goal === 0) return { solution, relativeResidual: 0, iterations: 0 };
  let norm = goal;
  let iterations = 0;
  while (norm > system.tolerance * goal && iterations < system.maxIterations) {
    iterations++;
    const image = system.multiply(direction);
    const curvature = inner(direction, image);
    if (!(curvature > 0)) break;
    solution = plus(solution, weight / curvature, direction);
    residual = plus(residual, -weight / curvature, image);
    preconditioned = system.precondition(residual);
    const next = inner(residual, preconditioned);
    direction = plus(preconditioned, next / weight, direction);
    weight = next;
    norm = Math.sqrt(inner(residual, residual));
  }
  return { solution, relativeResidual: norm / goal, iterations };
}
