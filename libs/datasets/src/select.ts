import { RandomStream } from '@natsweep/linalg';
import { DatasetError } from './dataset.ts';

export interface Selection {
  readonly classes: readonly number[];
  readonly samples: number;
  /** `first`: the first ones in file order, as the papers' code takes them. `shuffled`: drawn by the seed. */
  readonly order: 'first' | 'shuffled';
  readonly seed: number;
}

/** Positions of `samples` items whose label is among the classes. `split` names the random stream and error messages. */
export function selectPositions(
  labels: Uint8Array,
  split: string,
  { classes, samples, order, seed }: Selection,
): number[] {
  const wanted = new Set(classes);
  const candidates = Array.from(labels.keys()).filter((position) => wanted.has(labels[position]!));
  if (samples > candidates.length)
    throw new DatasetError(
      `${split} has ${candidates.length} samples of the classes ${classes.join(',')}; ${samples} were asked for`,
    );
  if (order === 'first') return candidates.slice(0, samples);
  const permutation = new RandomStream(seed, `dataset/${split}`).permutation(candidates.length);
  return Array.from(permutation.subarray(0, samples), (index) => candidates[index]!);
}
