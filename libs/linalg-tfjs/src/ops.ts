import type { BinaryOp, Reduction, UnaryOp } from '@natsweep/linalg';

/** TensorFlow's operation for each elementwise function. */
export const unaryOps = {
  negative: 'Neg',
  abs: 'Abs',
  sign: 'Sign',
  square: 'Square',
  sqrt: 'Sqrt',
  reciprocal: 'Reciprocal',
  exp: 'Exp',
  expm1: 'Expm1',
  log: 'Log',
  log1p: 'Log1p',
  tanh: 'Tanh',
  erf: 'Erf',
  sin: 'Sin',
  cos: 'Cos',
  arcsin: 'Asin',
  arccos: 'Acos',
  arctan: 'Atan',
} as const satisfies Record<UnaryOp, string>;

export const binaryOps = {
  add: 'AddV2',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'RealDiv',
  power: 'Pow',
  maximum: 'Maximum',
  minimum: 'Minimum',
  arctan2: 'Atan2',
  greater: 'Greater',
  equal: 'Equal',
} as const satisfies Record<BinaryOp, string>;

export const reductionOps = {
  sum: 'Sum',
  mean: 'Mean',
  max: 'Max',
  min: 'Min',
} as const satisfies Record<Reduction, string>;

/** Every operation of TensorFlow that the engine calls. */
export type Op =
  | (typeof unaryOps)[UnaryOp]
  | (typeof binaryOps)[BinaryOp]
  | (typeof reductionOps)[Reduction]
  | 'BatchMatMulV2'
  | 'Bitcast'
  | 'BroadcastTo'
  | 'Cast'
  | 'Cholesky'
  | 'ConcatV2'
  | 'Fill'
  | 'GatherV2'
  | 'MatrixBandPart'
  | 'MatrixDiag'
  | 'MatrixDiagPart'
  | 'MatrixSolve'
  | 'MatrixTriangularSolve'
  | 'NotEqual'
  | 'Qr'
  | 'Reshape'
  | 'SelectV2'
  | 'SelfAdjointEigV2'
  | 'Slice'
  | 'Svd'
  | 'Transpose';
