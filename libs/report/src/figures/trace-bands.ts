import type { Measured, ParameterValue, Parameters } from '@natsweep/sweep';

/** What a trace figure needs of one trial. */
export interface TracedTrial {
  readonly params: Parameters;
  readonly traces: Readonly<Record<string, readonly Measured[]>>;
}

/**
 * Centre and spread of one trace over trials, per step, as far as all the trials go that have the trace: a mean over those
 * that last longest would bend where the others end. Null where a value is missing or negative on a log scale.
 */
export interface Band {
  readonly centre: readonly Measured[];
  readonly low: readonly Measured[];
  readonly high: readonly Measured[];
}

interface Sums {
  readonly count: number[];
  readonly sum: number[];
  readonly squares: number[];
}

/**
 * Accumulates traces by group without keeping them: memory grows with groups and steps, not with trials. On a log scale
 * the centre is the geometric mean and the spread one standard deviation of the logarithm; else both are the plain ones.
 */
export class TraceBands {
  readonly #groups = new Map<string, { params: Parameters; traces: Map<string, Sums>; trials: number }>();
  readonly #keys: readonly string[];
  readonly #scale: 'linear' | 'log';

  constructor(keys: readonly string[], scale: 'linear' | 'log') {
    this.#keys = keys;
    this.#scale = scale;
  }

  add({ params, traces }: TracedTrial, names: readonly string[]): void {
    const values = this.#keys.map((name) => params[name] as ParameterValue);
    const key = JSON.stringify(values);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = {
        params: Object.fromEntries(this.#keys.map((name, i) => [name, values[i]!])),
        traces: new Map(),
        trials: 0,
      };
      this.#groups.set(key, group);
    }
    group.trials++;
    for (const name of names) {
      const sums = group.traces.get(name) ?? { count: [], sum: [], squares: [] };
      group.traces.set(name, sums);
      for (const [step, value] of (traces[name] ?? []).entries()) this.#accumulate(sums, step, value);
    }
  }

  #accumulate(sums: Sums, step: number, value: Measured): void {
    sums.count[step] ??= 0;
    if (value === null || (this.#scale === 'log' && value < 0)) return;
    const x = this.#scale === 'log' ? Math.log10(value) : value;
    sums.count[step]!++;
    sums.sum[step] = (sums.sum[step] ?? 0) + x;
    sums.squares[step] = (sums.squares[step] ?? 0) + x * x;
  }

  groups(): readonly { readonly params: Parameters; readonly trials: number; band(trace: string): Band }[] {
    return [...this.#groups.values()].map(({ params, trials, traces }) => ({
      params,
      trials,
      band: (trace) => bandOf(traces.get(trace) ?? { count: [], sum: [], squares: [] }, this.#scale),
    }));
  }
}

function bandOf({ count, sum, squares }: Sums, scale: 'linear' | 'log'): Band {
  const most = Math.max(1, ...count.map((n) => n ?? 0));
  const at = (offset: number) =>
    Array.from({ length: count.length }, (_, step) => {
      const n = count[step] ?? 0;
      if (n < most) return null;
      const mean = sum[step]! / n;
      if (mean === -Infinity) return 0; // the geometric mean of values of which one is zero
      const deviation = n > 1 ? Math.sqrt(Math.max(0, (squares[step]! - n * mean * mean) / (n - 1))) : 0;
      const value = mean + offset * deviation;
      return scale === 'log' ? 10 ** value : value;
    });
  return { centre: at(0), low: at(-1), high: at(1) };
}
