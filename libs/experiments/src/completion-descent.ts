import { groupRmsRate, groupRmsStart, matrixGradient } from '@natsweep/egd';
import { NonFiniteError, type LinalgEngine, type Tensor } from '@natsweep/linalg';
import { matrixProduct, type MatrixFactors } from '@natsweep/models';
import {
  matrixNaturalGradient,
  matrixSplitGradient,
  type KroneckerSolver,
  type MatrixFisher,
  type MatrixNaturalGradient,
} from '@natsweep/ngd';

export interface CompletionParams {
  readonly size: number;
  readonly method: 'egd' | 'ngd';
  readonly naturalRule: 'min-norm' | 'split';
  readonly fisher: MatrixFisher;
  readonly kroneckerSolver: KroneckerSolver;
}

/** Targets and masks of a batch of completion tasks, each [trials, n, n]; and m, [trials, 1, 1]. */
export interface CompletionTasks {
  readonly targets: Tensor;
  readonly observed: Tensor;
  readonly observations: Tensor;
}

/** A descent under way over a batch of trials; it owns its factors. */
export interface CompletionDescent {
  /** β, [trials, n, n]; the caller frees it. */
  product(): Tensor;
  /** One step; a trial whose `active` is 0 stays where it is. */
  step(active: Tensor): void;
  /** Largest relative residual of the natural gradient's systems so far; NaN for rules that solve none. */
  solveResidual(): number;
  free(): void;
}

/** @param start factors, each [trials, n, n]; taken over @param learningRates η, [trials, 1, 1]; borrowed */
export function startCompletion(
  engine: LinalgEngine,
  tasks: CompletionTasks,
  from: { readonly params: CompletionParams; readonly start: MatrixFactors; readonly learningRates: Tensor },
): CompletionDescent {
  const { params, learningRates } = from;
  let factors = from.start;
  let rms = groupRmsStart(engine, learningRates.shape[0]!);
  let worst = NaN;

  const residualOf = () =>
    engine.binary('multiply', engine.binary('subtract', matrixProduct(engine, factors), tasks.targets), tasks.observed);
  const moved = (gradients: readonly Tensor[], rates: Tensor) =>
    factors.map((factor, l) => engine.binary('subtract', factor, engine.binary('multiply', gradients[l]!, rates)));

  const next = (active: Tensor) => {
    const residual = residualOf();
    if (params.method === 'egd') {
      const gradients = matrixGradient(engine, factors, { residual, observations: tasks.observations });
      const { rates, state } = groupRmsRate(engine, rms, { gradients, learningRates });
      return { factors: moved(gradients, engine.binary('multiply', rates, active)), rms: state };
    }
    const solved = naturalGradients(engine, factors, { residual, observed: tasks.observed, params });
    worst = Math.max(Number.isNaN(worst) ? 0 : worst, solved.relativeResidual);
    return { factors: moved(solved.gradients, engine.binary('multiply', learningRates, active)), rms: undefined };
  };

  return {
    product: () => engine.scope(() => engine.binary('add', matrixProduct(engine, factors), 0)),
    step: (active) => {
      const stepped = engine.scope(() => next(active));
      engine.free(...factors);
      factors = stepped.factors;
      if (stepped.rms === undefined) return;
      engine.free(rms.secondMoment);
      rms = stepped.rms;
    },
    solveResidual: () => worst,
    free: () => engine.free(...factors, rms.secondMoment),
  };
}

/** Natural gradients of a batch, matrix by matrix: each is a system of its own. */
function naturalGradients(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: { readonly residual: Tensor; readonly observed: Tensor; readonly params: CompletionParams },
): MatrixNaturalGradient {
  const { size } = at.params;
  const trials = at.residual.shape[0]!;
  const pick = (t: Tensor, trial: number) => engine.reshape(engine.slice(t, [[trial, trial + 1]]), [size, size]);
  const solved = Array.from({ length: trials }, (_, trial) =>
    engine.scope(() => {
      const own = factors.map((factor) => pick(factor, trial));
      const given = { residual: pick(at.residual, trial), observed: pick(at.observed, trial) };
      try {
        return naturalGradient(engine, own, { ...given, params: at.params });
      } catch (error) {
        if (!(error instanceof NonFiniteError)) throw error;
        // a trial that has diverged has no gradient, and must not end those beside it
        return { gradients: own.map(() => engine.full([size, size], NaN)), relativeResidual: 0 };
      }
    }),
  );
  const stack = (layer: number) =>
    engine.reshape(
      engine.concat(
        solved.map(({ gradients }) => gradients[layer]!),
        0,
      ),
      [trials, size, size],
    );
  return {
    gradients: factors.map((_, layer) => stack(layer)),
    relativeResidual: Math.max(...solved.map(({ relativeResidual }) => relativeResidual)),
  };
}

function naturalGradient(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: { readonly residual: Tensor; readonly observed: Tensor; readonly params: CompletionParams },
): MatrixNaturalGradient {
  const { residual, observed } = at;
  const { naturalRule, fisher, kroneckerSolver } = at.params;
  if (naturalRule === 'min-norm')
    return matrixNaturalGradient(engine, factors, { residual, observed, fisher, tolerance: 1e-8 });
  return {
    gradients: matrixSplitGradient(engine, factors, { residual, solver: kroneckerSolver }),
    relativeResidual: 0,
  };
}
