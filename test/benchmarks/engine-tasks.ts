import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { pseudoRandom } from './linalg-kernels.ts';
import type { Task } from './wide-steps.ts';

type Compute = (engine: LinalgEngine, n: number) => () => Tensor;

/** Single operations; in peers/engines.py under the same names. */
const operations: readonly (readonly [name: string, title: string, compute: Compute])[] = [
  ['add', 'a + a', (engine, n) => unaryOf(engine, n, (a) => engine.binary('add', a, a))],
  ['multiplyNumber', 'a · 1.5', (engine, n) => unaryOf(engine, n, (a) => engine.binary('multiply', a, 1.5))],
  ['matmul', 'a a', (engine, n) => unaryOf(engine, n, (a) => engine.matmul(a, a))],
  ['sum', 'sum of a', (engine, n) => unaryOf(engine, n, (a) => engine.reduce('sum', a))],
  [
    'cholesky',
    'Cholesky factor',
    (engine, n) => {
      const a = positive(engine, n);
      return () => engine.cholesky(a).factor;
    },
  ],
  [
    'choleskySolve',
    'solve with it, one side',
    (engine, n) => {
      const { factor } = engine.cholesky(positive(engine, n));
      const b = pseudoRandom(engine, [n, 1], 2);
      return () => engine.choleskySolve(factor, b);
    },
  ],
  [
    'eigh',
    'symmetric eigenvalues, with vectors',
    (engine, n) => {
      const a = positive(engine, n);
      return () => engine.eigh(a).values;
    },
  ],
];

/** Every operation on matrices n × n: tiny ones show what a call costs, large ones what the kernels are worth. */
export function operationTasks(sizes: readonly number[]): Task[] {
  return operations.flatMap(([name, title, compute]) =>
    sizes.map((size) => ({
      name,
      title,
      sizes: [size],
      prepare: (engine: LinalgEngine, [n]: readonly number[]) => prepared(engine, compute(engine, n!)),
    })),
  );
}

/** Gram matrix and solve of so many trials with N = 20 and M = 64, as one call per operation. */
export function batchedTask(trials: number): Task {
  return {
    name: 'batchedTrials',
    title: 'kernel and solve (trials, N, M)',
    sizes: [trials, 20, 64],
    prepare(engine, [batch, n, m]) {
      const x = pseudoRandom(engine, [batch!, n!, m!], 1);
      const y = pseudoRandom(engine, [batch!, n!, 1], 2);
      return prepared(engine, () => {
        const { factor } = engine.cholesky(engine.matmul(x, x, { transposeB: true }), { shift: 1 });
        return engine.choleskySolve(factor, y);
      });
    },
  };
}

function unaryOf(engine: LinalgEngine, n: number, compute: (a: Tensor) => Tensor): () => Tensor {
  const a = pseudoRandom(engine, [n, n], 1);
  return () => compute(a);
}

function positive(engine: LinalgEngine, n: number): Tensor {
  return engine.scope(() => {
    const a = pseudoRandom(engine, [n, n], 1);
    return engine.binary('add', engine.matmul(a, a, { transposeB: true }), engine.eye(n));
  });
}

function prepared(engine: LinalgEngine, compute: () => Tensor): ReturnType<Task['prepare']> {
  return {
    run: () => engine.scope(() => void compute()),
    checksum: () => engine.scope(() => engine.read(engine.reduce('sum', engine.unary('abs', compute())))[0]!),
  };
}
