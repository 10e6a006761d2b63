import type { Parameters } from '@natsweep/sweep';

interface Placed {
  readonly params: Parameters;
}

/**
 * Trials with their parameters changed, once for each point: trials of one point go on sharing theirs. Where nothing changes the
 * trial stays as it is.
 */
export function changePoints<T extends Placed>(
  trials: readonly T[],
  change: (params: Parameters) => Parameters,
): readonly T[] {
  const changed = new Map<Parameters, Parameters>();
  return trials.map((trial) => {
    let params = changed.get(trial.params);
    if (params === undefined) changed.set(trial.params, (params = change(trial.params)));
    return params === trial.params ? trial : { ...trial, params };
  });
}

const known = new WeakMap<object, ReadonlySet<Parameters>>();

/** The parameters that occur; trials of one point share them. Kept as long as the list of items is. */
export function pointsOf(items: Iterable<Placed>): ReadonlySet<Parameters> {
  let found = known.get(items);
  if (found === undefined) {
    const set = new Set<Parameters>();
    for (const { params } of items) set.add(params);
    known.set(items, (found = set));
  }
  return found;
}
