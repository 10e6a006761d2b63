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

/** What a batch of trials has of its own: targets and masks, each [trials, n, n], m and η, each [trials, 1, 1]. */
export interface CompletionTasks {
  readonly targets: Tensor;
  readonly observed: Tensor;
  readonly observations: Tensor;
  readonly learningRates: Tensor;
}

/** A descent under way over a batch of trials; it owns its tensors. */
export interface CompletionDescent {
  /** β of the trials that are left, [trials, n, n]; the caller frees it. */
  product(): Tensor;
  step(): void;
  /** Goes on with the trials at these places alone. */
  retain(places: readonly number[]): void;
  /** Per trial that is left, the largest relative residual of its natural gradient's systems so far; NaN if it solves none. */
  solveResiduals(): readonly number[];
  free(): void;
}

/** @param tasks taken over @param from.start factors, each [trials, n, n]; taken over */
export function startCompletion(
  engine: LinalgEngine,
  tasks: CompletionTasks,
  from: { readonly params: CompletionParams; readonly start: MatrixFactors },
): CompletionDescent {
  const { params } = from;
  let own = tasks;
  let factors = from.start;
  let rms = groupRmsStart(engine, own.learningRates.shape[0]!);
  let residuals: readonly number[] = new Array<number>(own.learningRates.shape[0]!).fill(NaN);

  const moved = (gradients: readonly Tensor[], rates: Tensor) =>
    factors.map((factor, l) => engine.binary('subtract', factor, engine.binary('multiply', gradients[l]!, rates)));

  const next = () => {
    const missed = engine.binary('subtract', matrixProduct(engine, factors), own.targets);
    const residual = engine.binary('multiply', missed, own.observed);
    if (params.method === 'egd') {
      const gradients = matrixGradient(engine, factors, { residual, observations: own.observations });
      const { rates, state } = groupRmsRate(engine, rms, { gradients, learningRates: own.learningRates });
      return { factors: moved(gradients, rates), rms: state };
    }
    const solved = naturalGradients(engine, factors, { residual, observed: own.observed, params });
    residuals = residuals.map((worst, trial) => larger(worst, solved.relativeResiduals[trial]!));
    return { factors: moved(solved.gradients, own.learningRates), rms: undefined };
  };

  /** Puts `make(old)` in the place of the old tensors, and frees these. */
  const replace = (make: (old: Tensor) => Tensor) => {
    const renew = (old: Tensor): Tensor => {
      const made = make(old);
      engine.free(old);
      return made;
    };
    factors = factors.map(renew);
    rms = { ...rms, secondMoment: renew(rms.secondMoment) };
    own = {
      targets: renew(own.targets),
      observed: renew(own.observed),
      observations: renew(own.observations),
      learningRates: renew(own.learningRates),
    };
  };

  return {
    product: () => engine.scope(() => engine.binary('add', matrixProduct(engine, factors), 0)),
    step: () => {
      const stepped = engine.scope(next);
      engine.free(...factors);
      factors = stepped.factors;
      if (stepped.rms === undefined) return;
      engine.free(rms.secondMoment);
      rms = stepped.rms;
    },
    retain: (places) => {
      replace((old) => engine.take(old, places));
      residuals = places.map((place) => residuals[place]!);
    },
    solveResiduals: () => residuals,
    free: () => engine.free(...factors, rms.secondMoment, ...Object.values<Tensor>({ ...own })),
  };
}

/** The larger of two numbers, of which NaN stands for none. */
const larger = (a: number, b: number): number => (Number.isNaN(a) || b > a ? b : a);

interface BatchGradients {
  readonly gradients: readonly Tensor[];
  readonly relativeResiduals: readonly number[];
}

/** Natural gradients of a batch, matrix by matrix: each is a system of its own. */
function naturalGradients(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: { readonly residual: Tensor; readonly observed: Tensor; readonly params: CompletionParams },
): BatchGradients {
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
        return { gradients: own.map(() => engine.full([size, size], NaN)), relativeResidual: NaN };
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
    relativeResiduals: solved.map(({ relativeResidual }) => relativeResidual),
  };
}

function naturalGradient(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: { readonly residual: Tensor; readonly observed: Tensor; readonly params: CompletionParams },
): MatrixNaturalGradient {
  const { residual, observed } = at;
  const { naturalRule, fisher, kroneckerSolver } = at.params;
  return naturalRule === 'min-norm'
    ? matrixNaturalGradient(engine, factors, { residual, observed, fisher, tolerance: 1e-8 })
    : matrixSplitGradient(engine, factors, { residual, solver: kroneckerSolver });
}
