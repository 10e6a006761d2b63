import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { explicitJacobian, parameterLayout } from '@natsweep/models';
import type { Direction, Linearisation } from '@natsweep/models';

/** Which layer and which of its units each parameter belongs to, in the order of `explicitJacobian`. */
export function parameterOwners({ network: { architecture } }: Linearisation): { layer: number; unit: number }[] {
  return parameterLayout(architecture).flatMap(({ weights, biases }, layer) => [
    ...Array.from({ length: weights[1] - weights[0] }, (_, i) => ({
      layer,
      unit: Math.floor(i / architecture.widths[layer]!),
    })),
    ...Array.from({ length: biases[1] - biases[0] }, (_, unit) => ({ layer, unit })),
  ]);
}

/** F = JᵀJ/N [P, P] with the entries (i, j) multiplied by `weight(i, j)`: the approximate Fisher matrix, written out. */
export function maskedFisher(
  engine: LinalgEngine,
  at: Linearisation,
  weight: (i: number, j: number) => number,
): Tensor {
  const jacobian = explicitJacobian(engine, at);
  const p = jacobian.shape[1]!;
  const mask = Float64Array.from({ length: p * p }, (_, index) => weight(Math.floor(index / p), index % p));
  const fisher = engine.binary('multiply', 1 / at.samples, engine.matmul(jacobian, jacobian, { transposeA: true }));
  return engine.binary('multiply', engine.tensor(mask, [p, p]), fisher);
}

/** ∇_θ L = Jᵀ (f − y)/N [P, 1] */
export function explicitGradient(engine: LinalgEngine, at: Linearisation, residual: Tensor): Tensor {
  const g = engine.binary('multiply', 1 / at.samples, engine.reshape(residual, [-1, 1]));
  return engine.matmul(explicitJacobian(engine, at), g, { transposeA: true });
}

/** Δθ [P, 1] of a direction, written out in the order of `explicitJacobian`. */
export function explicitStep(engine: LinalgEngine, at: Linearisation, { layers }: Direction): Tensor {
  const parts = layers.flatMap((update, index) => {
    const { biases, weightGain, biasGain } = at.network.layers[index]!;
    const weights =
      update.kind === 'dense'
        ? update.weights
        : engine.binary('multiply', weightGain, engine.matmul(update.signals, update.inputs, { transposeA: true }));
    const column = engine.reshape(weights, [-1, 1]);
    if (biases === undefined) return [column];
    const shift =
      update.kind === 'dense'
        ? update.biases!
        : engine.binary('multiply', biasGain, engine.matmul(update.signals, update.biasInputs, { transposeA: true }));
    return [column, engine.reshape(shift, [-1, 1])];
  });
  return engine.concat(parts, 0);
}

/** (G + ρI)⁻¹ ∇L by LU of the P × P matrix. */
export function solveExplicitly(engine: LinalgEngine, metric: Tensor, gradient: Tensor, damping: number): Tensor {
  const p = metric.shape[0]!;
  return engine.solve(engine.binary('add', metric, engine.binary('multiply', damping, engine.eye(p))), gradient);
}

/** G⁺ ∇L by singular values of the P × P matrix. */
export function pseudoSolveExplicitly(engine: LinalgEngine, metric: Tensor, gradient: Tensor): Tensor {
  return engine.leastSquares(metric, gradient, { rcond: 1e-11 }).solution;
}

/** J_l Δθ_l [NC] per layer: how far each layer on its own moves the outputs. */
export function layerResponses(engine: LinalgEngine, at: Linearisation, direction: Direction): Float64Array[] {
  const jacobian = explicitJacobian(engine, at);
  const step = explicitStep(engine, at, direction);
  return parameterLayout(at.network.architecture).map(({ weights, biases }) => {
    const range = [weights[0], biases[1]] as const;
    return engine.read(engine.matmul(engine.slice(jacobian, [null, range]), engine.slice(step, [range])));
  });
}
