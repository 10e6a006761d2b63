import type { ExperimentDeclaration } from '@natsweep/catalogue';
import type { Grid, Parameters } from '@natsweep/sweep';

/** Trials that agree in the structural parameters and so cost about the same. */
export interface StructuralGroup {
  readonly key: string;
  readonly params: Parameters;
  /** Exact for grids of up to `countedTrials` trials, else from a sample. */
  readonly trials: number;
  /** A trial of the group. */
  readonly index: number;
}

/** Grids up to this size are counted, larger ones sampled. */
export const countedTrials = 200_000;
const sampledTrials = 20_000;

/** The groups of a grid, those with most trials first. Groups rarer than one trial in ten thousand may be missed in a sample. */
export function structuralGroups(grid: Grid, declaration: ExperimentDeclaration): readonly StructuralGroup[] {
  const counted = grid.size <= countedTrials;
  const looked = counted ? grid.size : sampledTrials;
  const groups = new Map<string, { count: number; index: number }>();
  for (let i = 0; i < looked; i++) {
    const index = counted ? i : spreadIndex(i, grid.size);
    const key = grid.structuralKey(index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { count: 1, index });
    else group.count++;
  }
  return [...groups]
    .map(([key, { count, index }]) => ({
      key,
      params: pick(grid.trial(index).params, declaration.structuralParameters),
      trials: counted ? count : Math.round((count / looked) * grid.size),
      index,
    }))
    .sort((a, b) => b.trials - a.trials);
}

/** The i-th place of a sample: evenly spaced by the golden ratio, so that no axis of the grid resonates with the steps. */
export function spreadIndex(i: number, size: number): number {
  return Math.floor(((i * 0.618_033_988_749_895) % 1) * size);
}

/** The key under which `Grid.structuralKey` groups a trial with these parameters. */
export function structuralKey(params: Parameters, declaration: ExperimentDeclaration): string {
  return [...declaration.structuralParameters]
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join(' ');
}

function pick(params: Parameters, names: readonly string[]): Parameters {
  return Object.fromEntries(names.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])));
}
