import type { MatmulOptions, ReduceOptions, Shape } from './engine.ts';
import { ShapeError, formatShape } from './errors.ts';

/** Product of the lengths; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Throws unless every length is a non-negative integer. */
export function checkShape(operation: string, shape: Shape): void {
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0))
    throw new ShapeError(operation, `${formatShape(shape)} is not a shape`);
}

/** Throws unless `shape` is a shape that `values` fill. */
export function checkValues(operation: string, values: ArrayLike<number>, shape: Shape): void {
  checkShape(operation, shape);
  if (values.length !== sizeOf(shape))
    throw new ShapeError(operation, `${values.length} values do not fill shape ${formatShape(shape)}`);
}

/** NumPy's rule: aligned at the last dimension, lengths must be equal or 1. */
export function broadcastShapes(operation: string, ...shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let axis = 0; axis < shape.length; axis++) {
      const at = rank - shape.length + axis;
      const length = shape[axis]!;
      if (length === 1 || length === result[at]) continue;
      if (result[at] !== 1)
        throw new ShapeError(operation, `${shapes.map(formatShape).join(' and ')} do not broadcast`);
      result[at] = length;
    }
  }
  return result;
}

/**
 * For each element of `target` in row-major order, the row-major index of the element of `source` that broadcasts to it.
 * `source` must broadcast to `target`.
 */
export function broadcastIndices(source: Shape, target: Shape): Int32Array {
  const indices = new Int32Array(sizeOf(target));
  const lead = target.length - source.length;
  const strides = stridesOf(source).map((stride, axis) => (source[axis] === 1 ? 0 : stride));
  let filled = 1;
  if (indices.length === 0) return indices;
  for (let axis = target.length - 1; axis >= 0; axis--) {
    const stride = axis < lead ? 0 : strides[axis - lead]!;
    const length = target[axis]!;
    for (let i = 1; i < length; i++)
      for (let j = 0; j < filled; j++) indices[i * filled + j] = indices[j]! + i * stride;
    filled *= length;
  }
  return indices;
}

/** Non-negative, distinct axes in ascending order. */
export function reducedAxes(operation: string, rank: number, axis: ReduceOptions['axis']): number[] {
  if (axis === undefined) return Array.from({ length: rank }, (_, i) => i);
  const axes = (typeof axis === 'number' ? [axis] : axis).map((a) => resolveAxis(operation, rank, a));
  if (new Set(axes).size !== axes.length) throw new ShapeError(operation, `axis ${formatShape(axes)} repeats`);
  return axes.sort((a, b) => a - b);
}

/** A non-negative axis; negative ones count from the end. */
export function resolveAxis(operation: string, rank: number, axis: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= rank)
    throw new ShapeError(operation, `axis ${axis} does not exist in ${rank} dimensions`);
  return resolved;
}

/** The shape after `reduce`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Fills in the one entry that may be -1. */
export function resolveReshape(from: Shape, to: Shape): number[] {
  const size = sizeOf(from);
  const open = to.indexOf(-1);
  const known = sizeOf(to.filter((_, axis) => axis !== open));
  const shape = to.map((length, axis) => (axis === open ? (known === 0 ? 0 : size / known) : length));
  if (!shape.every((length) => Number.isInteger(length) && length >= 0) || sizeOf(shape) !== size)
    throw new ShapeError('reshape', `${formatShape(from)} cannot become ${formatShape(to)}`);
  return shape;
}

/** A permutation of the axes; default: the last two swapped. */
export function resolvePermutation(rank: number, axes: readonly number[] | undefined): number[] {
  if (axes === undefined) {
    if (rank < 2) throw new ShapeError('transpose', `needs two dimensions or explicit axes, got ${rank} dimensions`);
    return Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  }
  const resolved = axes.map((axis) => resolveAxis('transpose', rank, axis));
  if (resolved.length !== rank || new Set(resolved).size !== rank)
    throw new ShapeError('transpose', `axes ${formatShape(axes)} do not permute ${rank} dimensions`);
  return resolved;
}

/** Start and end per dimension, all given. */
export function resolveRanges(
  shape: Shape,
  ranges: readonly (readonly [start: number, end: number] | null)[],
): (readonly [start: number, end: number])[] {
  if (ranges.length > shape.length)
    throw new ShapeError('slice', `${ranges.length} ranges for shape ${formatShape(shape)}`);
  return shape.map((length, axis) => {
    const [start, end] = ranges[axis] ?? [0, length];
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > length)
      throw new ShapeError('slice', `range [${start}, ${end}) does not fit axis ${axis} of ${formatShape(shape)}`);
    return [start, end] as const;
  });
}

/** Shape of the result of `concat`, and its resolved axis. */
export function concatShape(shapes: readonly Shape[], axis: number): { shape: number[]; axis: number } {
  const first = shapes[0];
  if (first === undefined) throw new ShapeError('concat', 'needs at least one tensor');
  const along = resolveAxis('concat', first.length, axis);
  const fits = (shape: Shape) =>
    shape.length === first.length && shape.every((length, i) => i === along || length === first[i]);
  if (!shapes.every(fits))
    throw new ShapeError('concat', `${shapes.map(formatShape).join(', ')} differ outside axis ${along}`);
  const total = shapes.reduce((sum, shape) => sum + shape[along]!, 0);
  return { shape: first.map((length, i) => (i === along ? total : length)), axis: along };
}

/** Throws unless every index lies in [0, length). */
export function checkIndices(operation: string, indices: readonly number[], length: number): void {
  for (const index of indices)
    if (!Number.isInteger(index) || index < 0 || index >= length)
      throw new ShapeError(operation, `index ${index} is outside [0, ${length})`);
}

/** The dimensions of a product of (transposed) matrices [batch..., m, k] × [batch..., k, n]. */
export interface ProductShape {
  readonly batch: readonly number[];
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

export function productShape(operation: string, a: Shape, b: Shape, options: MatmulOptions = {}): ProductShape {
  const [aRows, aCols] = matrixShape(operation, a);
  const [bRows, bCols] = matrixShape(operation, b);
  const [m, k] = options.transposeA === true ? [aCols, aRows] : [aRows, aCols];
  const [kOfB, n] = options.transposeB === true ? [bCols, bRows] : [bRows, bCols];
  if (k !== kOfB)
    throw new ShapeError(
      operation,
      `inner dimensions differ: ${formatShape(a)}${options.transposeA === true ? 'ᵀ' : ''} × ` +
        `${formatShape(b)}${options.transposeB === true ? 'ᵀ' : ''}`,
    );
  return { batch: broadcastShapes(operation, a.slice(0, -2), b.slice(0, -2)), m, k, n };
}

/** The product's shape, which must be that of the target it is added to. */
export function accumulatedShape(target: Shape, a: Shape, b: Shape, options: MatmulOptions = {}): ProductShape {
  const product = productShape('matmulAccumulate', a, b, options);
  checkAccumulated('matmulAccumulate', target, [...product.batch, product.m, product.n]);
  return product;
}

/** Throws unless what is added in place has the shape of its target. */
export function checkAccumulated(operation: string, target: Shape, added: Shape): void {
  if (added.length !== target.length || added.some((length, axis) => length !== target[axis]))
    throw new ShapeError(operation, `target has shape ${formatShape(target)}, what is added ${formatShape(added)}`);
}

/** Rows and columns of the matrices in the last two dimensions. */
export function matrixShape(operation: string, shape: Shape): readonly [rows: number, columns: number] {
  if (shape.length < 2) throw new ShapeError(operation, `needs matrices, got shape ${formatShape(shape)}`);
  return [shape.at(-2)!, shape.at(-1)!];
}

/** n of matrices [..., n, n]. */
export function squareShape(operation: string, shape: Shape): number {
  const [rows, columns] = matrixShape(operation, shape);
  if (rows !== columns) throw new ShapeError(operation, `needs square matrices, got shape ${formatShape(shape)}`);
  return rows;
}

/** A linear system a x = b: a [..., m, n], b [..., m, k], x [batch..., n, k]. */
export interface SystemShape {
  readonly batch: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export function systemShape(operation: string, a: Shape, b: Shape): SystemShape {
  const [m, n] = matrixShape(operation, a);
  const [rows, k] = matrixShape(operation, b);
  if (rows !== m)
    throw new ShapeError(operation, `right-hand side ${formatShape(b)} does not fit matrix ${formatShape(a)}`);
  return { batch: broadcastShapes(operation, a.slice(0, -2), b.slice(0, -2)), m, n, k };
}
