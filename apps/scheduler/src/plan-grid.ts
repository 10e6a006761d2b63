import { hash } from 'node:crypto';
import { findDeclaration } from '@natsweep/catalogue';
import { createGrid, type Grid, type SweepSpec } from '@natsweep/sweep';

/** A sweep that this natsweep cannot plan: its experiment is unknown here, has another version, or its grid takes too long. */
export class UnplannableSweepError extends Error {
  override readonly name = 'UnplannableSweepError';
}

/** The grid of a spec. Throws `UnplannableSweepError` with a message that says what to do. */
export function planGrid(spec: SweepSpec): Grid {
  const declaration = findDeclaration(spec.experiment);
  if (declaration === undefined) {
    throw new UnplannableSweepError(`This natsweep has no experiment "${spec.experiment}": update the scheduler.`);
  }
  try {
    return createGrid(spec, declaration);
  } catch (error) {
    throw new UnplannableSweepError(`Sweep "${spec.name}" cannot be planned: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

export interface GridPlannerOptions {
  /** Processor time that a grid may take to lay out. */
  readonly longestSeconds: number;
  /** Default: `planGrid`. */
  readonly layOut?: (spec: SweepSpec) => Grid;
}

/**
 * Lays out grids, and refuses those that take long. While a grid is laid out nothing else is done, the lease is not renewed
 * either: a scheduler that lost it over a grid, and laid out the same one again when it has it back, would do nothing else
 * for ever. So one that took too long is refused, and at once when it is asked for again. Processor time is what counts, so
 * that no sweep is refused because its scheduler was suspended.
 */
export class GridPlanner {
  readonly #longestSeconds: number;
  readonly #layOut: (spec: SweepSpec) => Grid;
  /** Seconds by spec. */
  readonly #refused = new Map<string, number>();

  constructor({ longestSeconds, layOut = planGrid }: GridPlannerOptions) {
    this.#longestSeconds = longestSeconds;
    this.#layOut = layOut;
  }

  /** @throws UnplannableSweepError */
  plan(spec: SweepSpec): Grid {
    const key = hash('sha256', JSON.stringify(spec));
    this.#refuse(key, spec);
    const start = process.cpuUsage();
    try {
      return this.#layOut(spec);
    } finally {
      const { user, system } = process.cpuUsage(start);
      const seconds = (user + system) / 1e6;
      if (seconds > this.#longestSeconds) this.#refused.set(key, seconds);
      this.#refuse(key, spec);
    }
  }

  #refuse(key: string, { name }: SweepSpec): void {
    const seconds = this.#refused.get(key);
    if (seconds === undefined) return;
    const [took, limit] = [seconds, this.#longestSeconds].map((each) => each.toPrecision(2));
    throw new UnplannableSweepError(
      `Sweep "${name}" cannot be planned: its grid took ${took} s to lay out, and a scheduler may take ${limit} s: ` +
        'let "where" exclude less, or start the scheduler with a longer --lease.',
    );
  }
}
