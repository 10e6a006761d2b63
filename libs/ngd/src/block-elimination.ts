import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/** A square matrix of depth × depth blocks [n, n] that is zero where |i − j| > bandwidth < depth. */
export interface BlockBand {
  readonly depth: number;
  readonly bandwidth: number;
  /** n */
  readonly size: number;
  /** Block (i, j) within the band. */
  readonly block: (i: number, j: number) => Tensor;
}

/** What a step made of its rows [m, k] = q [triangle right; 0 rest], m = (bandwidth + 1) n. */
interface Elimination {
  /** [m, m] */
  readonly q: Tensor;
  /** [n, n], or [m, m] in the last step; upper triangular. */
  readonly triangle: Tensor;
  readonly right: Tensor;
  readonly rest: Tensor;
}

/**
 * x [depth · n, k] ↦ A⁻¹x by a QR factorisation of the block-banded A, one block of columns after the other: backward stable for
 * every A, also for an indefinite one with singular leading blocks, where elimination without exchanges breaks down. It keeps
 * at most (bandwidth + 1)(bandwidth + 3) n² numbers per block row; for a full band that is one dense factorisation of A. The solver
 * throws SingularMatrixError where a pivot is exactly zero.
 */
export function eliminateBlocks(engine: LinalgEngine, band: BlockBand): (x: Tensor) => Tensor {
  const eliminations: Elimination[] = [];
  for (let i = 0; i < band.depth - band.bandwidth; i++) {
    const carried = eliminations.at(-1)?.rest;
    eliminations.push(engine.scope(() => eliminate(engine, band, i, carried)));
    if (carried !== undefined) engine.free(carried);
  }
  return (x) => engine.scope(() => substitute(engine, eliminations, x));
}

/** Columns i and, in the last step, all that follow: of the rows that were carried on and of the one that begins there. */
function eliminate(
  engine: LinalgEngine,
  { depth, bandwidth, size: n, block }: BlockBand,
  i: number,
  carried: Tensor | undefined,
): Elimination {
  const end = Math.min(i + 2 * bandwidth + 1, depth);
  const isWithin = (row: number, column: number): boolean => Math.abs(row - column) <= bandwidth;
  const row = (r: number): Tensor =>
    engine.concat(
      Array.from({ length: end - i }, (_, c) => (isWithin(r, i + c) ? block(r, i + c) : engine.full([n, n], 0))),
      1,
    );
  const fresh = carried === undefined ? Array.from({ length: bandwidth + 1 }, (_, r) => row(r)) : [row(i + bandwidth)];
  const width = (end - i) * n;
  const kept = carried === undefined || carried.shape[0] === 0 ? [] : [padded(engine, carried, width)];
  const rows = engine.concat([...kept, ...fresh], 0);
  const m = rows.shape[0]!;
  const { q, r } = engine.qr(engine.slice(rows, [null, [0, m]]));
  const behind = engine.matmul(q, engine.slice(rows, [null, [m, width]]), { transposeA: true });
  const reduced = engine.concat([r, behind], 1);
  const size = i + bandwidth + 1 === depth ? m : n;
  return {
    q,
    triangle: engine.slice(reduced, [
      [0, size],
      [0, size],
    ]),
    right: engine.slice(reduced, [
      [0, size],
      [size, width],
    ]),
    rest: engine.slice(reduced, [
      [size, m],
      [size, width],
    ]),
  };
}

function padded(engine: LinalgEngine, matrix: Tensor, width: number): Tensor {
  const [rows, columns] = matrix.shape as readonly [number, number];
  return columns === width ? matrix : engine.concat([matrix, engine.full([rows, width - columns], 0)], 1);
}

function substitute(engine: LinalgEngine, eliminations: readonly Elimination[], x: Tensor): Tensor {
  let [start, carried] = [0, engine.slice(x, [[0, 0]])];
  const final = eliminations.map(({ q, triangle }) => {
    const fresh = q.shape[0]! - carried.shape[0]!;
    const rows = engine.concat([carried, engine.slice(x, [[start, start + fresh]])], 0);
    start += fresh;
    const moved = engine.matmul(q, rows, { transposeA: true });
    const size = triangle.shape[0]!;
    carried = engine.slice(moved, [[size, rows.shape[0]!]]);
    return engine.slice(moved, [[0, size]]);
  });
  return eliminations.reduceRight(
    (below, { triangle, right }, i) => {
      const known = engine.matmul(right, engine.slice(below, [[0, right.shape[1]!]]));
      const solved = engine.solveTriangular(triangle, engine.binary('subtract', final[i]!, known), { lower: false });
      return engine.concat([solved, below], 0);
    },
    engine.slice(x, [[0, 0]]),
  );
}
