import type { ResultsStore, StoredSweep } from '@natsweep/results';
import type { Grid } from '@natsweep/sweep';

/** Trials looked up at a time. */
const chunk = 2000;
/** Only so many trials of a sweep are looked for, so that the scheduler is not held up for long. */
const mostLookedFor = 200_000;

/**
 * Records, for a sweep that is new, the observations that other sweeps have made of the same trials. Returns how many those
 * are. What is not found because this was interrupted is run again, which costs time and changes nothing.
 */
export async function reuseObservations(
  results: ResultsStore,
  { name, experiment }: StoredSweep,
  grid: Grid,
): Promise<number> {
  let reused = 0;
  for (let start = 0; start < Math.min(grid.size, mostLookedFor); start += chunk) {
    const length = Math.min(chunk, grid.size - start);
    const places = new Map(Array.from({ length }, (_, i) => [grid.trial(start + i).trialId, start + i]));
    const found = await results.findReusable({ experiment, trialIds: [...places.keys()] });
    const records = found.map((observation) => ({
      ...observation,
      sweep: name,
      index: places.get(observation.trialId) as number,
    }));
    reused += (await results.record(records)).inserted;
  }
  return reused;
}
