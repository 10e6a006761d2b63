import { broadcastIndices } from '../implementation.ts';
import type { Shape } from '../engine.ts';
import type { Matrix } from './matrices.ts';

/** Two batches of matrices, broadcast against each other. */
export function pair(
  batch: Shape,
  [aShape, as]: readonly [Shape, readonly Matrix[]],
  [bShape, bs]: readonly [Shape, readonly Matrix[]],
): (readonly [Matrix, Matrix])[] {
  const aIndex = broadcastIndices(aShape.slice(0, -2), batch);
  const bIndex = broadcastIndices(bShape.slice(0, -2), batch);
  return Array.from(aIndex, (i, at) => [as[i]!, bs[bIndex[at]!]!] as const);
}
