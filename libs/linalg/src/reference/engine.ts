import { binaryFunctions, unaryFunctions } from '../scalar.ts';
import { Ledger } from '../ledger.ts';
import { ShapeError, SingularMatrixError, formatShape } from '../errors.ts';
import {
  accumulatedShape,
  broadcastIndices,
  broadcastShapes,
  checkIndices,
  checkShape,
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
} from '../shapes.ts';
import { choleskyFactor } from './cholesky.ts';
import { eliminate, substitute } from './solve.ts';
import { householder } from './householder.ts';
import { jacobiEigh, jacobiSvd, pseudoSolve } from './jacobi.ts';
import { at, build, checkFinite, matricesOf, transposed } from './matrices.ts';
import type { LinalgEngine, MatmulOptions, Operand, Reduction, Shape, Tensor } from '../engine.ts';
import type { Matrix } from './matrices.ts';

interface ReferenceTensor extends Tensor {
  values: Float64Array;
}

const reductions: Readonly<Record<Reduction, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, x) => sum + x, 0),
  mean: (values) => values.reduce((sum, x) => sum + x, 0) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
};

/** The referee: plain loops in float64, slow and obvious. Never chosen for real work. */
export function createReferenceEngine(): LinalgEngine {
  const ledger = new Ledger<ReferenceTensor>((tensor) => {
    tensor.values = new Float64Array(0);
  });
  const make = (shape: Shape, values: Float64Array): ReferenceTensor => ledger.adopt({ shape: [...shape], values });
  const operand = (a: Operand): ReferenceTensor =>
    typeof a === 'number' ? { shape: [], values: Float64Array.of(a) } : ledger.check(a);

  /** Calls `entry` with the operands' values at each element of their common shape. */
  const elementwise = (operation: string, operands: readonly Operand[], entry: (values: number[]) => number) => {
    const tensors = operands.map(operand);
    const shape = broadcastShapes(operation, ...tensors.map((t) => t.shape));
    const indices = tensors.map((t) => broadcastIndices(t.shape, shape));
    return make(
      shape,
      Float64Array.from({ length: sizeOf(shape) }, (_, i) => entry(tensors.map((t, o) => t.values[indices[o]![i]!]!))),
    );
  };

  /** The tensor whose element at each multi-index is the element of `a` at the index that `source` names. */
  const gather = (a: ReferenceTensor, shape: Shape, source: (index: readonly number[]) => readonly number[]) => {
    const from = stridesOf(a.shape);
    const to = stridesOf(shape);
    return make(
      shape,
      Float64Array.from({ length: sizeOf(shape) }, (_, flat) => {
        const index = shape.map((length, axis) => Math.floor(flat / to[axis]!) % length);
        return a.values[source(index).reduce((sum, i, axis) => sum + i * from[axis]!, 0)]!;
      }),
    );
  };

  const matrices = (a: Tensor): Matrix[] => matricesOf(ledger.check(a).values, a.shape);

  /** Matrices of equal shape as one tensor. */
  const stack = (batch: Shape, [rows, columns]: readonly [number, number], parts: readonly Matrix[]) => {
    const values = new Float64Array(sizeOf(batch) * rows * columns);
    parts.forEach((part, b) => values.set(part.values, b * rows * columns));
    return make([...batch, rows, columns], values);
  };

  const product = (a: Tensor, b: Tensor, options: MatmulOptions): Matrix[] => {
    const { batch, m, k, n } = productShape('matmul', a.shape, b.shape, options);
    const as = matrices(a).map((matrix) => (options.transposeA === true ? transposed(matrix) : matrix));
    const bs = matrices(b).map((matrix) => (options.transposeB === true ? transposed(matrix) : matrix));
    return pair(batch, [a.shape, as], [b.shape, bs]).map(([x, y]) =>
      build(m, n, (i, j) => {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += at(x, i, l) * at(y, l, j);
        return sum;
      }),
    );
  };

  /** x for each system of the batch; throws `SingularMatrixError` where `solveOne` finds none. */
  const solveBatch = (
    operation: string,
    { a, b }: { a: Tensor; b: Tensor },
    solveOne: (a: Matrix, b: Matrix) => Matrix | undefined,
  ) => {
    squareShape(operation, a.shape);
    const { batch, n, k } = systemShape(operation, a.shape, b.shape);
    const solutions = pair(batch, [a.shape, matrices(a)], [b.shape, matrices(b)]).map(([x, y], index) => {
      const solution = solveOne(x, y);
      if (solution === undefined) throw new SingularMatrixError(operation, index);
      return solution;
    });
    return stack(batch, [n, k], solutions);
  };

  return {
    info: () => ({ engine: 'reference', device: 'cpu', precision: 'float64', threads: 1, versions: {} }),
    scope: (body) => ledger.scope(body),
    free: (...tensors) => ledger.free(tensors),
    liveTensors: () => ledger.live,

    tensor(values, shape) {
      checkShape('tensor', shape);
      if (values.length !== sizeOf(shape))
        throw new ShapeError('tensor', `${values.length} values do not fill shape ${formatShape(shape)}`);
      return make(shape, Float64Array.from(values));
    },
    full(shape, value) {
      checkShape('full', shape);
      return make(shape, new Float64Array(sizeOf(shape)).fill(value));
    },
    eye(n) {
      checkShape('eye', [n]);
      return make([n, n], build(n, n, (i, j) => (i === j ? 1 : 0)).values);
    },
    read: (t) => ledger.check(t).values.slice(),

    unary: (op, a) => make(a.shape, ledger.check(a).values.map(unaryFunctions[op])),
    binary: (op, a, b) => elementwise(op, [a, b], ([x, y]) => binaryFunctions[op](x!, y!)),
    where: (condition, a, b) => elementwise('where', [condition, a, b], ([c, x, y]) => (c !== 0 ? x! : y!)),
    reduce(op, a, { axis, keepDims = false } = {}) {
      const { values } = ledger.check(a);
      const axes = reducedAxes(op, a.shape.length, axis);
      const kept = reducedShape(a.shape, axes, true);
      const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
      broadcastIndices(kept, a.shape).forEach((group, i) => groups[group]!.push(values[i]!));
      if ((op === 'max' || op === 'min') && groups.some((group) => group.length === 0))
        throw new ShapeError(op, `nothing to reduce in shape ${formatShape(a.shape)}`);
      return make(reducedShape(a.shape, axes, keepDims), Float64Array.from(groups, reductions[op]));
    },

    reshape: (a, shape) => make(resolveReshape(a.shape, shape), ledger.check(a).values.slice()),
    transpose(a, axes) {
      const order = resolvePermutation(a.shape.length, axes);
      const shape = order.map((axis) => a.shape[axis]!);
      return gather(ledger.check(a), shape, (index) => a.shape.map((_, axis) => index[order.indexOf(axis)]!));
    },
    slice(a, ranges) {
      const resolved = resolveRanges(a.shape, ranges);
      const shape = resolved.map(([start, end]) => end - start);
      return gather(ledger.check(a), shape, (index) => index.map((i, axis) => i + resolved[axis]![0]));
    },
    take(a, indices, axis = 0) {
      const along = resolveAxis('take', a.shape.length, axis);
      checkIndices('take', indices, a.shape[along]!);
      const shape = a.shape.with(along, indices.length);
      return gather(ledger.check(a), shape, (index) => index.with(along, indices[index[along]!]!));
    },
    concat(parts, axis) {
      const joined = concatShape(
        parts.map((part) => part.shape),
        axis,
      );
      const outer = sizeOf(joined.shape.slice(0, joined.axis));
      const values: number[] = [];
      for (let block = 0; block < outer; block++)
        for (const part of parts) {
          const length = sizeOf(part.shape.slice(joined.axis));
          values.push(...ledger.check(part).values.subarray(block * length, (block + 1) * length));
        }
      return make(joined.shape, Float64Array.from(values));
    },
    diagonal(a) {
      squareShape('diagonal', a.shape);
      return gather(ledger.check(a), a.shape.slice(0, -1), (index) => [...index, index.at(-1)!]);
    },
    diag(a) {
      const { values } = ledger.check(a);
      const n = a.shape[resolveAxis('diag', a.shape.length, -1)]!;
      const parts = Array.from({ length: sizeOf(a.shape.slice(0, -1)) }, (_, b) =>
        build(n, n, (i, j) => (i === j ? values[b * n + i]! : 0)),
      );
      return stack(a.shape.slice(0, -1), [n, n], parts);
    },

    matmul(a, b, options = {}) {
      const { batch, m, n } = productShape('matmul', a.shape, b.shape, options);
      return stack(batch, [m, n], product(a, b, options));
    },
    matmulAccumulate(target, a, b, { scale = 1, ...options } = {}) {
      accumulatedShape(target.shape, a.shape, b.shape, options);
      const { values } = ledger.check(target);
      product(a, b, options).forEach((part, batch) =>
        part.values.forEach((value, i) => {
          values[batch * part.values.length + i]! += scale * value;
        }),
      );
    },

    cholesky(a) {
      const n = squareShape('cholesky', a.shape);
      const factors = matrices(a).map(choleskyFactor);
      const nothing = build(n, n, () => NaN);
      return {
        factor: stack(
          a.shape.slice(0, -2),
          [n, n],
          factors.map((factor) => factor ?? nothing),
        ),
        failed: factors.flatMap((factor, b) => (factor === undefined ? [b] : [])),
      };
    },
    choleskySolve: (factor, b) =>
      solveBatch('choleskySolve', { a: factor, b }, (lower, rhs) => {
        const half = substitute(lower, rhs, true);
        return half && substitute(transposed(lower), half, false);
      }),
    solveTriangular: (a, b, { lower = true, transpose = false } = {}) =>
      solveBatch('solveTriangular', { a, b }, (matrix, rhs) =>
        transpose ? substitute(transposed(matrix), rhs, !lower) : substitute(matrix, rhs, lower),
      ),
    solve: (a, b) => solveBatch('solve', { a, b }, eliminate),
    eigh(a) {
      const n = squareShape('eigh', a.shape);
      const lower = matrices(a).map((matrix) => build(n, n, (i, j) => (i >= j ? at(matrix, i, j) : 0)));
      checkFinite('eigh', lower);
      const parts = lower.map(jacobiEigh);
      const batch = a.shape.slice(0, -2);
      return {
        values: make([...batch, n], Float64Array.from(parts.flatMap(({ values }) => [...values]))),
        vectors: stack(
          batch,
          [n, n],
          parts.map(({ vectors }) => vectors),
        ),
      };
    },
    svd(a) {
      const [m, n] = matrixShape('svd', a.shape);
      const k = Math.min(m, n);
      const inputs = matrices(a);
      checkFinite('svd', inputs);
      const parts = inputs.map(jacobiSvd);
      const batch = a.shape.slice(0, -2);
      return {
        u: stack(
          batch,
          [m, k],
          parts.map(({ u }) => u),
        ),
        s: make([...batch, k], Float64Array.from(parts.flatMap(({ s }) => [...s]))),
        vt: stack(
          batch,
          [k, n],
          parts.map(({ vt }) => vt),
        ),
      };
    },
    qr(a) {
      const [m, n] = matrixShape('qr', a.shape);
      const k = Math.min(m, n);
      const inputs = matrices(a);
      checkFinite('qr', inputs);
      const parts = inputs.map(householder);
      const batch = a.shape.slice(0, -2);
      return {
        q: stack(
          batch,
          [m, k],
          parts.map(({ q }) => q),
        ),
        r: stack(
          batch,
          [k, n],
          parts.map(({ r }) => r),
        ),
      };
    },
    leastSquares(a, b, { rcond } = {}) {
      const { batch, m, n, k } = systemShape('leastSquares', a.shape, b.shape);
      const inputs = matrices(a);
      checkFinite('leastSquares', inputs);
      const threshold = rcond ?? Number.EPSILON * Math.max(m, n);
      const parts = pair(batch, [a.shape, inputs], [b.shape, matrices(b)]).map(([x, y]) =>
        pseudoSolve(x, y, threshold),
      );
      return {
        solution: stack(
          batch,
          [n, k],
          parts.map(({ x }) => x),
        ),
        rank: parts.map(({ rank }) => rank),
      };
    },
  };
}

/** Two batches of matrices, broadcast against each other. */
function pair(
  batch: Shape,
  [aShape, as]: readonly [Shape, readonly Matrix[]],
  [bShape, bs]: readonly [Shape, readonly Matrix[]],
): (readonly [Matrix, Matrix])[] {
  const aIndex = broadcastIndices(aShape.slice(0, -2), batch);
  const bIndex = broadcastIndices(bShape.slice(0, -2), batch);
  return Array.from(aIndex, (i, at) => [as[i]!, bs[bIndex[at]!]!] as const);
}
