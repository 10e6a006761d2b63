import { setImmediate } from 'node:timers/promises';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { applyDirection, linearise, outputs } from '@natsweep/models';
import type { DescentRule, Network, SolveStatistics } from '@natsweep/models';
import { norm } from './squared-loss.ts';

export interface TrainingOptions {
  readonly inputs: Tensor;
  readonly targets: Tensor;
  /** x′ [N′, M_0]: samples whose outputs are recorded beside. */
  readonly heldInputs: Tensor;
  readonly rule: DescentRule;
  readonly learningRate: number;
  /** ρ, absolute. */
  readonly damping: number;
  readonly steps: number;
  readonly signal: AbortSignal;
  readonly onStep: (stepsDone: number) => void;
}

export interface TrainingRun {
  /** f_t − y on the training samples, t = 0, 1, … */
  readonly residuals: readonly Float64Array[];
  /** f_t(x′), at the same times. */
  readonly heldOutputs: readonly Float64Array[];
  /** Of the first step, with its condition number. */
  readonly statistics: SolveStatistics;
  readonly ended: 'finished' | 'diverged' | 'stopped';
}

/** Whether a residual is not finite or has grown 100-fold. */
export function isDivergent(residual: Float64Array, residual0: Float64Array): boolean {
  return !(norm(residual) <= 100 * norm(residual0));
}

/**
 * Full-batch descent on ‖f − y‖²/(2N), recording residual and held-out outputs before every step and after the last. Changes the
 * network in place. Ends early where the residual is not finite, has grown 100-fold, or the signal is aborted.
 */
export async function train(engine: LinalgEngine, network: Network, options: TrainingOptions): Promise<TrainingRun> {
  const { inputs, targets, heldInputs, rule, learningRate, damping, steps, signal, onStep } = options;
  const residuals: Float64Array[] = [];
  const heldOutputs: Float64Array[] = [];
  let statistics: SolveStatistics = { method: 'none', dropped: 0, cutoff: 0 };
  for (let t = 0; ; t++) {
    const ended = engine.scope(() => {
      const at = linearise(engine, network, inputs);
      const residual = engine.binary('subtract', at.outputs, targets);
      residuals.push(engine.read(residual));
      heldOutputs.push(engine.read(outputs(engine, network, heldInputs)));
      if (isDivergent(residuals[t]!, residuals[0]!)) return { reason: 'diverged' as const };
      if (t === steps) return { reason: 'finished' as const };
      const direction = rule.direction(engine, at, residual, { damping, measureCondition: t === 0 });
      if (t === 0) statistics = direction.statistics;
      applyDirection(engine, network, direction, learningRate);
      return { reason: undefined };
    });
    if (ended.reason !== undefined) return { residuals, heldOutputs, statistics, ended: ended.reason };
    onStep(t + 1);
    await setImmediate();
    if (signal.aborted) return { residuals, heldOutputs, statistics, ended: 'stopped' };
  }
}
