/** What an engine is built from: ownership, shape rules and scalar functions. Users of engines import the package itself. */
export { Ledger } from './ledger.ts';
export { binaryFunctions, erf, power, unaryFunctions } from './scalar.ts';
export { formatShape } from './errors.ts';
export {
  accumulatedShape,
  broadcastIndices,
  broadcastShapes,
  checkAccumulated,
  checkIndices,
  checkShape,
  checkValues,
  concatShape,
  matrixShape,
  productShape,
  reducedAxes,
  reducedShape,
  resolveAxis,
  resolvePermutation,
  resolveRanges,
  resolveReshape,
  sizeOf,
  squareShape,
  stridesOf,
  systemShape,
} from './shapes.ts';
export type { ProductShape, SystemShape } from './shapes.ts';
export type {
  ArrayOperations,
  DecompositionOperations,
  ElementwiseOperations,
  SystemOperations,
} from './operations.ts';
