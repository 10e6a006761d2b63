import { GridError } from './grid-error.ts';
import { emptyMix, finish, mix32, mixIn, wordsOf } from './mix.ts';
import { MAX_SOBOL_DIMENSIONS, directionNumbers, sobolInteger } from './sobol.ts';

/** Coordinate `dimension` in [0, 1) of draw number `draw`. */
export type Coordinates = (draw: number, dimension: number) => number;

/** Independent and uniform, 53 bits each: hashes of seed, draw and dimension. */
export function randomCoordinates(seed: number): Coordinates {
  const seeded = wordsOf(seed).reduce(mixIn, emptyMix);
  return (draw, dimension) => {
    const state = mixIn(mixIn(seeded, draw), dimension);
    const high = finish(mixIn(state, 0), 5) >>> 6;
    const low = finish(mixIn(state, 1), 5) >>> 5;
    return (high * 2 ** 27 + low) / 2 ** 53;
  };
}

/** A Sobol sequence with a seeded digital shift. Throws `GridError` beyond the dimensions that there are numbers for. */
export function sobolCoordinates(dimensions: number, seed: number): Coordinates {
  if (dimensions > MAX_SOBOL_DIMENSIONS) {
    throw new GridError(
      'search',
      'axes',
      `search: sobol has at most ${MAX_SOBOL_DIMENSIONS} dimensions, these axes have ${dimensions}`,
    );
  }
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionNumbers(dimension));
  const shifts = directions.map((_, dimension) => mix32(...wordsOf(seed), dimension));
  return (draw, dimension) => ((sobolInteger(directions[dimension]!, draw) ^ shifts[dimension]!) >>> 0) / 2 ** 32;
}
