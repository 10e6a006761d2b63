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

/** The parameters that occur, and which of them each item has, by its place: trials of one point share them. */
export interface Points {
  readonly params: readonly Parameters[];
  readonly ofItem: Int32Array;
}

const known = new WeakMap<object, Points>();

/** Kept as long as the list of items is. */
export function pointsOf(items: readonly Placed[]): Points {
  let found = known.get(items);
  if (found === undefined) {
    const places = new Map<Parameters, number>();
    const ofItem = new Int32Array(items.length);
    for (let item = 0; item < items.length; item++) {
      const { params } = items[item]!;
      let place = places.get(params);
      if (place === undefined) places.set(params, (place = places.size));
      ofItem[item] = place;
    }
    known.set(items, (found = { params: [...places.keys()], ofItem }));
  }
  return found;
}
