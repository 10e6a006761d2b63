import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { applyDirection, linearise } from '@natsweep/models';
import type { Network } from '@natsweep/models';
import { blockDiagonal } from '@natsweep/ngd';

/** A computation that is timed here and, under the same name, in peers/linalg.py. */
export interface Kernel {
  readonly name: string;
  /** What it is, for the table. */
  readonly title: string;
  readonly sizes: readonly number[];
  /** Prepares the data; the result does the work once and returns a checksum's tensor, owned by the caller's scope. */
  readonly prepare: (engine: LinalgEngine, sizes: readonly number[]) => () => Tensor;
}

/**
 * Deterministic values on (−1/2, 1/2) that look random: frac(43758.5453 sin(12.9898 i + offset)) − 1/2. The peers use the
 * same formula, so that results can be compared.
 */
export function pseudoRandom(engine: LinalgEngine, shape: readonly number[], offset: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return engine.adopt(pseudoRandomValues(size, offset), shape);
}

export function pseudoRandomValues(size: number, offset: number): Float64Array {
  const values = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const x = 43758.5453 * Math.sin(12.9898 * i + offset);
    values[i] = x - Math.floor(x) - 0.5;
  }
  return values;
}

/** [batch, n, n] symmetric positive definite. */
function positive(engine: LinalgEngine, batch: number, n: number): Tensor {
  return engine.scope(() => {
    const a = pseudoRandom(engine, [batch, n, n], 1);
    return engine.binary('add', engine.matmul(a, a, { transposeB: true }), engine.eye(n));
  });
}

const gemm: Kernel['prepare'] = (engine, [m, k, n]) => {
  const a = pseudoRandom(engine, [m!, k!], 1);
  const b = pseudoRandom(engine, [k!, n!], 2);
  return () => engine.matmul(a, b);
};

const cholesky: Kernel['prepare'] = (engine, [batch, n]) => {
  const a = positive(engine, batch!, n!);
  const b = pseudoRandom(engine, [batch!, n!, 1], 2);
  return () => engine.choleskySolve(engine.cholesky(a).factor, b);
};

export const kernels: readonly Kernel[] = [
  { name: 'gemm', title: 'matrix product', sizes: [1024, 1024, 1024], prepare: gemm },
  { name: 'gemm', title: 'matrix product, few rows', sizes: [100, 4096, 4096], prepare: gemm },
  {
    name: 'gram',
    title: 'Gram matrix a aᵀ',
    sizes: [100, 4096],
    prepare(engine, [n, m]) {
      const a = pseudoRandom(engine, [n!, m!], 1);
      return () => engine.matmul(a, a, { transposeB: true });
    },
  },
  {
    name: 'accumulate',
    title: 'weights += aᵀ b in place',
    sizes: [4096, 100, 4096],
    prepare(engine, [m, k, n]) {
      const target = pseudoRandom(engine, [m!, n!], 1);
      const a = pseudoRandom(engine, [k!, m!], 2);
      const b = pseudoRandom(engine, [k!, n!], 3);
      return () => {
        engine.matmulAccumulate(target, a, b, { transposeA: true, scale: 1e-3 });
        return engine.slice(target, [[0, 1]]);
      };
    },
  },
  { name: 'cholesky', title: 'Cholesky and solve', sizes: [1, 1024], prepare: cholesky },
  { name: 'cholesky', title: 'Cholesky and solve, batched', sizes: [256, 100], prepare: cholesky },
  {
    name: 'eigh',
    title: 'symmetric eigenvectors',
    sizes: [512],
    prepare(engine, [n]) {
      const a = positive(engine, 1, n!);
      return () => engine.eigh(a).values;
    },
  },
  {
    name: 'svd',
    title: 'singular vectors',
    sizes: [512, 384],
    prepare(engine, [m, n]) {
      const a = pseudoRandom(engine, [m!, n!], 1);
      return () => engine.svd(a).s;
    },
  },
  {
    name: 'qr',
    title: 'QR',
    sizes: [512, 384],
    prepare(engine, [m, n]) {
      const a = pseudoRandom(engine, [m!, n!], 1);
      return () => engine.unary('abs', engine.qr(a).r);
    },
  },
  {
    name: 'leastSquares',
    title: 'least squares',
    sizes: [400, 300],
    prepare(engine, [m, n]) {
      const a = pseudoRandom(engine, [m!, n!], 1);
      const b = pseudoRandom(engine, [m!, 1], 2);
      return () => engine.leastSquares(a, b).solution;
    },
  },
  {
    name: 'relu',
    title: 'elementwise: (x·c + row) max 0, slope, product',
    sizes: [100, 4096],
    prepare(engine, [n, m]) {
      const x = pseudoRandom(engine, [n!, m!], 1);
      const row = pseudoRandom(engine, [1, m!], 2);
      return () => {
        const u = engine.binary('add', engine.binary('multiply', x, 1.5), row);
        return engine.binary('multiply', engine.binary('maximum', u, 0), engine.binary('greater', u, 0));
      };
    },
  },
  {
    name: 'tanh',
    title: 'elementwise: 1 − tanh(x)²',
    sizes: [100, 4096],
    prepare(engine, [n, m]) {
      const x = pseudoRandom(engine, [n!, m!], 1);
      return () => engine.binary('subtract', 1, engine.unary('square', engine.unary('tanh', x)));
    },
  },
  {
    name: 'sumRows',
    title: 'sum over rows and over columns',
    sizes: [1000, 1000],
    prepare(engine, [n, m]) {
      const x = pseudoRandom(engine, [n!, m!], 1);
      return () => engine.binary('add', engine.reduce('sum', x, { axis: 0 }), engine.reduce('sum', x, { axis: 1 }));
    },
  },
  {
    name: 'transpose',
    title: 'transposed copy',
    sizes: [1000, 1000],
    prepare(engine, [n, m]) {
      const x = pseudoRandom(engine, [n!, m!], 1);
      return () => engine.transpose(x);
    },
  },
  ...[1, 8, 64].map((trials) => ({
    name: 'batchedTrials',
    title: 'kernel and solve of small trials together (trials, N, M)',
    sizes: [trials, 20, 64],
    prepare(engine: LinalgEngine, [batch, n, m]: readonly number[]) {
      const x = pseudoRandom(engine, [batch!, n!, m!], 1);
      const y = pseudoRandom(engine, [batch!, n!, 1], 2);
      const ridge = engine.eye(n!);
      return () => {
        const kernel = engine.binary('add', engine.matmul(x, x, { transposeB: true }), ridge);
        return engine.choleskySolve(engine.cholesky(kernel).factor, y);
      };
    },
  })),
  ...[256, 1024, 4096].map((width) => ({
    name: 'blockDiagonalStep',
    title: 'block-diagonal NGD step (N, M; L = 3)',
    sizes: [100, width],
    prepare: blockDiagonalStep,
  })),
];

/** One step of block-diagonal natural gradient descent, as the experiments take it: linearise, solve, update in place. */
function blockDiagonalStep(engine: LinalgEngine, [n, m]: readonly number[]): () => Tensor {
  const widths = [784, m!, m!, 1];
  const network: Network = {
    architecture: { widths, activation: { name: 'relu' }, weightVariance: 2, biasVariance: 0 },
    layers: widths.slice(1).map((outputs, index) => ({
      weights: engine.binary('multiply', Math.sqrt(12), pseudoRandom(engine, [outputs, widths[index]!], index + 1)),
      biases: undefined,
      weightGain: Math.sqrt(2 / widths[index]!),
      biasGain: 0,
    })),
  };
  const raw = pseudoRandom(engine, [n!, 784], 9);
  const lengths = engine.reduce('sum', engine.unary('square', raw), { axis: 1, keepDims: true });
  const inputs = engine.binary('divide', raw, engine.unary('sqrt', lengths));
  const targets = engine.unary('sign', pseudoRandom(engine, [n!, 1], 10));
  const rule = blockDiagonal();
  return () =>
    engine.scope(() => {
      const at = linearise(engine, network, inputs);
      const residual = engine.binary('subtract', at.outputs, targets);
      applyDirection(engine, network, rule.direction(engine, at, residual, { damping: 1e-6 }), 1 / 3);
      return residual;
    });
}
