import type { Shape } from './engine.ts';

/** Arguments whose shapes (or index ranges) do not fit the operation. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly code = 'LINALG_SHAPE';

  /** @param operation the engine call, as in `matmul` */
  constructor(operation: string, problem: string) {
    super(`${operation}: ${problem}`);
  }
}

/** A tensor that was freed (by `free` or by the end of its scope), or that another engine owns. */
export class FreedTensorError extends Error {
  override readonly name = 'FreedTensorError';
  readonly code = 'LINALG_FREED';

  constructor(shape: Shape) {
    super(
      `tensor of shape ${formatShape(shape)} was freed, or belongs to another engine; ` +
        'return it from its scope to keep it',
    );
  }
}

/** An exactly singular, or non-finite, matrix was to be inverted. */
export class SingularMatrixError extends Error {
  override readonly name = 'SingularMatrixError';
  readonly code = 'LINALG_SINGULAR';

  /** @param batchIndex flat index of the first such matrix */
  constructor(operation: string, batchIndex: number) {
    super(`${operation}: matrix ${batchIndex} of the batch is singular or not finite`);
  }
}

/** A matrix with NaN or infinite entries was given to a factorisation. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
  readonly code = 'LINALG_NON_FINITE';

  /** @param batchIndex flat index of the first such matrix */
  constructor(operation: string, batchIndex: number) {
    super(`${operation}: matrix ${batchIndex} of the batch has NaN or infinite entries`);
  }
}

/** `[2, 3]` */
export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;
