import type { LinalgEngine, Tensor } from '@natsweep/linalg';

export interface LinearSystem {
  /** A symmetric positive semidefinite operator on tensors of one shape. */
  readonly multiply: (x: Tensor) => Tensor;
  /** An approximate inverse, symmetric positive definite; left out, the identity. */
  readonly precondition?: (x: Tensor) => Tensor;
  readonly rightHandSide: Tensor;
  /** Stop at ‖b − Ax‖ ≤ tolerance ‖b‖. */
  readonly tolerance: number;
  /** Stop here too, and where a quarter of these iterations did not halve ‖b − Ax‖, as rounding makes it where A is too ill-conditioned. */
  readonly maxIterations: number;
}

interface State {
  readonly solution: Tensor;
  readonly residual: Tensor;
  readonly direction: Tensor;
  /** ⟨residual, preconditioned residual⟩ */
  readonly weight: number;
  readonly norm: number;
}

/**
 * Preconditioned conjugate gradients for A x = b from x = 0 (Hestenes & Stiefel 1952), over all entries of a tensor. Returns the
 * residual that it reached: a caller decides whether that will do.
 */
export function conjugateGradients(
  engine: LinalgEngine,
  system: LinearSystem,
): { readonly solution: Tensor; readonly relativeResidual: number; readonly iterations: number } {
  const { multiply, precondition = (x: Tensor) => engine.binary('add', x, 0), rightHandSide } = system;
  const inner = (a: Tensor, b: Tensor) => engine.read(engine.reduce('sum', engine.binary('multiply', a, b)))[0]!;
  const plus = (a: Tensor, scale: number, b: Tensor) => engine.binary('add', a, engine.binary('multiply', b, scale));

  /** The state after one more step, or undefined where the operator has no positive curvature left. */
  const advance = (from: State): State | undefined => {
    const image = multiply(from.direction);
    const curvature = inner(from.direction, image);
    if (!(curvature > 0)) return undefined;
    const length = from.weight / curvature;
    const residual = plus(from.residual, -length, image);
    const preconditioned = precondition(residual);
    const weight = inner(residual, preconditioned);
    return {
      solution: plus(from.solution, length, from.direction),
      residual,
      direction: plus(preconditioned, weight / from.weight, from.direction),
      weight,
      norm: Math.sqrt(inner(residual, residual)),
    };
  };

  return engine.scope(() => {
    const goal = Math.sqrt(inner(rightHandSide, rightHandSide));
    const direction = precondition(rightHandSide);
    let state: State = {
      solution: engine.full(rightHandSide.shape, 0),
      residual: engine.binary('add', rightHandSide, 0),
      direction,
      weight: inner(rightHandSide, direction),
      norm: goal,
    };
    const window = Math.ceil(system.maxIterations / 4);
    const norms: number[] = [];
    const hasStalled = () => norms.length >= window && !(state.norm <= norms.at(-window)! / 2);
    let iterations = 0;
    while (state.norm > system.tolerance * goal && iterations < system.maxIterations && !hasStalled()) {
      norms.push(state.norm);
      const before = state;
      const next = engine.scope(() => advance(before));
      if (next === undefined) break;
      engine.free(before.solution, before.residual, before.direction);
      state = next;
      iterations++;
    }
    return { solution: state.solution, relativeResidual: goal === 0 ? 0 : state.norm / goal, iterations };
  });
}
