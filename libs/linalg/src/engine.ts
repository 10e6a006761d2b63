/**
 * The contract that every engine keeps: a small array interface in NumPy / Array-API terms.
 *
 * - All tensors of an engine have its precision. Shapes are row-major; a scalar has shape [].
 * - Operations broadcast as NumPy does and take leading batch dimensions, as `numpy.linalg` does: one call on
 *   [..., n, n] stands for one call per matrix.
 * - Calls are synchronous: trials run in a process of their own.
 * - Misuse (shapes that do not fit, a freed tensor) throws `ShapeError` or `FreedTensorError`; numerical outcomes that a
 *   caller must expect (a matrix that is not positive definite) are values.
 * - NaN and infinities travel through elementwise operations as IEEE 754 says; factorisations given a non-finite
 *   matrix report failure, never garbage.
 */
export type Precision = 'float64' | 'float32';

/** Length per dimension. */
export type Shape = readonly number[];

/** A handle on an array that an engine owns. Its values are read with `engine.read`. */
export interface Tensor {
  readonly shape: Shape;
}

/** Anything that broadcasts against a tensor. */
export type Operand = Tensor | number;

export interface EngineDescription {
  readonly engine: 'openblas' | 'tfjs' | 'reference';
  readonly device: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
}

export interface MatmulOptions {
  /** Use the matrix transpose of `a` (its last two dimensions). Default false. */
  readonly transposeA?: boolean;
  /** Use the matrix transpose of `b`. Default false. */
  readonly transposeB?: boolean;
  /** Factor of the product. Default 1. */
  readonly scale?: number;
}

export interface ReduceOptions {
  /** Dimensions to reduce; negative ones count from the end. Default: all. */
  readonly axis?: number | readonly number[];
  /** Keep reduced dimensions with length 1. Default false. */
  readonly keepDims?: boolean;
}

export interface CholeskyOptions {
  /** Factors a + shift I, without a tensor for it. Default 0. */
  readonly shift?: number;
}

/** A Cholesky attempt on [..., n, n]. */
export interface Cholesky {
  /** Lower factors, zero above the diagonal; all NaN for a matrix that is listed in `failed`. */
  readonly factor: Tensor;
  /** Flat batch indices of the matrices that are not positive definite (or not finite). Empty: all succeeded. */
  readonly failed: readonly number[];
}

export interface TriangularOptions {
  /** Whether `a` is lower triangular; the other triangle is never read. Default true. */
  readonly lower?: boolean;
  /** Solve with the transpose of `a`. Default false. */
  readonly transpose?: boolean;
}

/** Symmetric eigendecomposition a = V diag(values) Vᵀ. */
export interface Eigh {
  /** [..., n], ascending. */
  readonly values: Tensor;
  /** [..., n, n], eigenvectors in columns. */
  readonly vectors: Tensor;
}

/** Thin singular value decomposition a = U diag(s) Vᵀ with k = min(m, n). */
export interface Svd {
  /** [..., m, k] */
  readonly u: Tensor;
  /** [..., k], descending. */
  readonly s: Tensor;
  /** [..., k, n] */
  readonly vt: Tensor;
}

/** Thin QR decomposition a = QR with k = min(m, n). */
export interface Qr {
  /** [..., m, k] */
  readonly q: Tensor;
  /** [..., k, n], upper triangular. */
  readonly r: Tensor;
}

/** Minimum-norm least squares by singular values. */
export interface LeastSquares {
  /** [..., n, k] */
  readonly solution: Tensor;
  /** Numerical rank of `a` for each system of the (broadcast) batch, in flat order. */
  readonly rank: readonly number[];
}

export type UnaryOp =
  | 'negative'
  | 'abs'
  | 'sign'
  | 'square'
  | 'sqrt'
  | 'reciprocal'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'tanh'
  | 'erf'
  | 'sin'
  | 'cos'
  | 'arcsin'
  | 'arccos'
  | 'arctan';

/** Comparison operations give 1 where true and 0 where false. */
export type BinaryOp =
  'add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'maximum' | 'minimum' | 'arctan2' | 'greater' | 'equal';

export type Reduction = 'sum' | 'mean' | 'max' | 'min';

export interface LinalgEngine {
  /** Device, precision, library versions and threads; goes into every observation. */
  info(): EngineDescription;

  /**
   * Frees every tensor made inside `body` except those found in what it returns (a tensor, or tensors at any depth of
   * arrays and plain objects). Scopes nest. If `body` throws, all are freed. `body` must be synchronous.
   */
  scope<T>(body: () => T): T;
  /** Frees tensors at once, for owners that outlive a scope (a network's weights). Freeing twice throws. */
  free(...tensors: readonly Tensor[]): void;
  /** Number of tensors alive. A step that cleans up after itself leaves it unchanged. */
  liveTensors(): number;

  /** A tensor from row-major values; `values.length` must be the product of `shape`. The values are copied. */
  tensor(values: ArrayLike<number>, shape: Shape): Tensor;
  /**
   * `tensor` of an array that the caller gives up: nobody may read or write it afterwards. An engine of the same precision
   * that computes in this process's memory keeps the array itself, so that a large result is never there twice.
   */
  adopt(values: Float64Array, shape: Shape): Tensor;
  full(shape: Shape, value: number): Tensor;
  /** [n, n] identity. */
  eye(n: number): Tensor;
  /** Row-major values; a copy. */
  read(t: Tensor): Float64Array;

  unary(op: UnaryOp, a: Tensor): Tensor;
  binary(op: BinaryOp, a: Operand, b: Operand): Tensor;
  /** `where(condition != 0, a, b)`, broadcasting all three. */
  where(condition: Tensor, a: Operand, b: Operand): Tensor;
  /** Of nothing, the sum is 0 and the mean NaN; `max` and `min` throw `ShapeError`. */
  reduce(op: Reduction, a: Tensor, options?: ReduceOptions): Tensor;

  /** Same values, another shape of the same size; one entry may be -1. */
  reshape(a: Tensor, shape: Shape): Tensor;
  /** Permutes dimensions; default: swaps the last two. */
  transpose(a: Tensor, axes?: readonly number[]): Tensor;
  /** Half-open ranges per dimension; dimensions left out are taken whole. */
  slice(a: Tensor, ranges: readonly (readonly [start: number, end: number] | null)[]): Tensor;
  /** Rows (entries along `axis`, default 0) in the order of `indices`. */
  take(a: Tensor, indices: readonly number[], axis?: number): Tensor;
  concat(parts: readonly Tensor[], axis: number): Tensor;
  /** [..., n, n] → [..., n] */
  diagonal(a: Tensor): Tensor;
  /** [..., n] → [..., n, n] */
  diag(a: Tensor): Tensor;

  /** scale · a b: [..., m, k] × [..., k, n] → [..., m, n] */
  matmul(a: Tensor, b: Tensor, options?: MatmulOptions): Tensor;
  /**
   * target ← target + scale · a b, in place: `target` keeps its handle, and tensors made from it keep their values. This is how
   * weights take a step without a temporary of their size.
   */
  matmulAccumulate(target: Tensor, a: Tensor, b: Tensor, options?: MatmulOptions): void;
  /** target ← target + scale · a for `a` of the same shape, in place like `matmulAccumulate`. Default scale: 1. */
  accumulate(target: Tensor, a: Tensor, scale?: number): void;

  /** Lower Cholesky factors of [..., n, n]; reads the lower triangle only. */
  cholesky(a: Tensor, options?: CholeskyOptions): Cholesky;
  /** Solves a x = b for x [..., n, k], given the factor that `cholesky` returned. */
  choleskySolve(factor: Tensor, b: Tensor): Tensor;
  /** Throws `SingularMatrixError` where a diagonal entry is exactly zero; NaN and infinities travel. */
  solveTriangular(a: Tensor, b: Tensor, options?: TriangularOptions): Tensor;
  /** Solves a x = b for a general square a by LU. Throws `SingularMatrixError` where a pivot is exactly zero or a is not finite. */
  solve(a: Tensor, b: Tensor): Tensor;
  /** Reads the lower triangle only. This and the next three throw `NonFiniteError` on a non-finite matrix. */
  eigh(a: Tensor): Eigh;
  svd(a: Tensor): Svd;
  qr(a: Tensor): Qr;
  /** min ‖a x − b‖, then min ‖x‖. Singular values at or below `rcond` times the largest count as zero. Default rcond: eps · max(m, n). */
  leastSquares(a: Tensor, b: Tensor, options?: { readonly rcond?: number }): LeastSquares;
}
