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
  /** Processor time that a new grid may take to lay out. */
  readonly longestSeconds: number;
  /** Default: `planGrid`. */
  readonly layOut?: (spec: SweepSpec) => Grid;
}

/**
 * Lays out grids, and refuses new ones that take long. While a grid is laid out nothing else is done, the lease is not renewed
 * either: a scheduler that lost it over a grid, and laid out the same one again when it has it back, would do nothing else
 * for ever. So none that takes long is laid out twice. Processor time is what counts, so that no sweep is refused because its
 * scheduler was suspended.
 */
export class GridPlanner {
  readonly #longestSeconds: number;
  readonly #layOut: (spec: SweepSpec) => Grid;
  /** Seconds by spec. */
  readonly #refused = new Map<string, number>();
  /** What came of those that took long, by spec; few are. */
  readonly #accepted = new Map<string, () => Grid>();

  constructor({ longestSeconds, layOut = planGrid }: GridPlannerOptions) {
    this.#longestSeconds = longestSeconds;
    this.#layOut = layOut;
  }

  /** @throws UnplannableSweepError, also if it takes too long. */
  plan(spec: SweepSpec): Grid {
    const key = keyOf(spec);
    this.#refuse(key, spec);
    const start = process.cpuUsage();
    try {
      return this.#layOut(spec);
    } finally {
      const seconds = secondsSince(start);
      if (seconds > this.#longestSeconds) this.#refused.set(key, seconds);
      this.#refuse(key, spec);
    }
  }

  /**
   * The grid of a sweep that was accepted, perhaps by a faster machine: however long it takes.
   *
   * @throws UnplannableSweepError
   */
  planAccepted(spec: SweepSpec): Grid {
    const key = keyOf(spec);
    const known = this.#accepted.get(key);
    if (known !== undefined) return known();
    const start = process.cpuUsage();
    const grid = this.#attempt(spec);
    if (secondsSince(start) > this.#longestSeconds) this.#accepted.set(key, grid);
    return grid();
  }

  #attempt(spec: SweepSpec): () => Grid {
    try {
      const grid = this.#layOut(spec);
      return () => grid;
    } catch (error) {
      return () => {
        throw error;
      };
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

function keyOf(spec: SweepSpec): string {
  return hash('sha256', JSON.stringify(spec));
}

/** Of processor time. */
function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
