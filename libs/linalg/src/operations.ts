import type { LinalgEngine } from './engine.ts';

// The parts of an engine, each of which is a file of every engine.

/** Making, reading and rearranging tensors. */
export type ArrayOperations = Pick<
  LinalgEngine,
  | 'tensor'
  | 'adopt'
  | 'full'
  | 'eye'
  | 'read'
  | 'reshape'
  | 'transpose'
  | 'slice'
  | 'take'
  | 'concat'
  | 'diagonal'
  | 'diag'
>;

export type ElementwiseOperations = Pick<LinalgEngine, 'unary' | 'binary' | 'where' | 'reduce'>;

/** Products, and systems of linear equations. */
export type SystemOperations = Pick<
  LinalgEngine,
  'matmul' | 'matmulAccumulate' | 'accumulate' | 'cholesky' | 'choleskySolve' | 'solveTriangular' | 'solve'
>;

/** Orthogonal decompositions. */
export type DecompositionOperations = Pick<LinalgEngine, 'eigh' | 'svd' | 'qr' | 'leastSquares'>;
