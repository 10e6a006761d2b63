import { setImmediate } from 'node:timers/promises';

export interface Drive {
  readonly steps: number;
  readonly signal: AbortSignal;
  /** Takes step number `step`, from 1. */
  readonly step: (step: number) => void;
  /** Looks at the state after `step` steps, from 0; returns whether there is nothing left to do. */
  readonly observe: (step: number) => boolean;
}

const STEPS_BETWEEN_YIELDS = 20;

/**
 * Observes and steps in turn until the last step, until `observe` says that it is enough, or until the signal is aborted, for
 * which it yields to the event loop now and then. Returns whether it was aborted.
 */
export async function drive({ steps, signal, step, observe }: Drive): Promise<boolean> {
  for (let done = 0; ; done++) {
    if (observe(done) || done === steps) return false;
    if (done % STEPS_BETWEEN_YIELDS === 0) await setImmediate();
    if (signal.aborted) return true;
    step(done + 1);
  }
}
