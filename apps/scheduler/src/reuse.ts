import type { ResultsStore } from '@natsweep/results';
import type { Grid, Observation } from '@natsweep/sweep';

/** Trials looked up at a time. */
const chunk = 1000;

export interface Wanting {
  readonly name: string;
  readonly experiment: string;
  readonly grid: Grid;
}

/**
 * The observations that other sweeps have made of the trials of a grid, at their places in it, a portion at a time. What
 * is looked through is the grid or the records of the others, whichever is less; neither is ever in memory as a whole.
 */
export async function* findReusable(results: ResultsStore, wanting: Wanting): AsyncGenerator<readonly Observation[]> {
  const { name, experiment, grid } = wanting;
  const others = (await results.listSweeps()).filter((sweep) => sweep.experiment === experiment && sweep.name !== name);
  let recorded = 0;
  for (const other of others) recorded += (await results.counts(other.name)).observed;
  const candidates =
    recorded < grid.size
      ? recordedTrials(
          results,
          others.map((other) => other.name),
          grid,
        )
      : plannedTrials(grid);
  for await (const places of candidates) {
    const found = await results.findReusable({ experiment, trialIds: [...places.keys()] });
    yield found.map((observation) => ({
      ...observation,
      sweep: name,
      index: places.get(observation.trialId) as number,
    }));
  }
}

/** Index in the grid by trial id. */
type Places = ReadonlyMap<string, number>;

function* plannedTrials(grid: Grid): Generator<Places> {
  for (let start = 0; start < grid.size; start += chunk) {
    const length = Math.min(chunk, grid.size - start);
    yield new Map(Array.from({ length }, (_, i) => [grid.trial(start + i).trialId, start + i]));
  }
}

async function* recordedTrials(results: ResultsStore, sweeps: readonly string[], grid: Grid): AsyncGenerator<Places> {
  for (const sweep of sweeps) {
    let places = new Map<string, number>();
    let looked = 0;
    for await (const row of results.allRows(sweep, { kind: 'observation' })) {
      const index = grid.locate(row);
      if (index !== undefined) places.set(row.trialId, index);
      if (++looked % chunk > 0) continue;
      yield places;
      places = new Map();
    }
    yield places;
  }
}
