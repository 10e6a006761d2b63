export type {
  BinaryOp,
  Cholesky,
  CholeskyOptions,
  Eigh,
  EngineDescription,
  LeastSquares,
  LinalgEngine,
  MatmulOptions,
  Operand,
  Precision,
  Qr,
  ReduceOptions,
  Reduction,
  Shape,
  Svd,
  Tensor,
  TriangularOptions,
  UnaryOp,
} from './engine.ts';
export { createReferenceEngine } from './reference/engine.ts';
export { FreedTensorError, NonFiniteError, ShapeError, SingularMatrixError } from './errors.ts';
export { RandomStream } from './random.ts';
export { erf } from './scalar.ts';
