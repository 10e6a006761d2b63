import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { applyDirection, linearise, whitenOutputs } from '@natsweep/models';
import type { Architecture, DescentRule, Network } from '@natsweep/models';
import { blockDiagonal, blockTridiagonal, diagonal, exact, kfac, quasiDiagonal, unitWise } from '@natsweep/ngd';
import { analyticNtk } from '@natsweep/theory';
import { pseudoRandom, pseudoRandomValues } from './linalg-kernels.ts';

/** Prepared work: `run` does it once; `checksum` is of what the last run left. */
export interface Prepared {
  readonly run: () => void;
  readonly checksum: () => number;
}

/** A computation that is timed here and, under the same name, in peers/wide.py. */
export interface Task {
  readonly name: string;
  /** What it is, for the table. */
  readonly title: string;
  readonly sizes: readonly number[];
  readonly prepare: (engine: LinalgEngine, sizes: readonly number[]) => Prepared;
}

interface Step {
  readonly name: string;
  readonly title: string;
  readonly rule: DescentRule;
  readonly damping: number;
  /** C; cross-entropy where it is more than 1. Default 1. */
  readonly outputs?: number;
  /** L. Default 3. */
  readonly depth?: number;
  /** Widths M. Default 256, 1024 and 4096. */
  readonly widths?: readonly number[];
  /** The rule takes eigendecompositions by itself, as its peer does; another one only where Cholesky fails. */
  readonly decomposes?: true;
}

const defaultDepth = 3;
const inputs = 784;
const biasVariance = 0.1;
/** ρ̃ of the softmax metric. */
const outputDamping = 1e-3;
/** A hundred steps of any rule leave the network about where it was, yet what one moves stands clear of rounding. */
const learningRate = 1e-5;

const steps: readonly Step[] = [
  { name: 'exact', title: 'exact', rule: exact(), damping: 1e-6 },
  { name: 'blockDiagonal', title: 'block-diagonal', rule: blockDiagonal(), damping: 1e-6 },
  { name: 'blockTridiagonal', title: 'block-tridiagonal', rule: blockTridiagonal(), damping: 0 },
  {
    name: 'blockTridiagonalDamped',
    title: 'block-tridiagonal, damped, L = 12',
    rule: blockTridiagonal(),
    damping: 10,
    depth: 12,
    widths: [256, 1024],
  },
  { name: 'kfac', title: 'kfac', rule: kfac(), damping: 1e-6 },
  { name: 'kfacPi', title: 'kfac, pi', rule: kfac({ damping: 'pi', bias: 'augmented' }), damping: 1e-6 },
  {
    name: 'kfacExact',
    title: 'kfac, exact',
    rule: kfac({ damping: 'exact', bias: 'augmented' }),
    damping: 1e-6,
    decomposes: true,
  },
  { name: 'unitWise', title: 'unit-wise', rule: unitWise(), damping: 1e-6 },
  { name: 'diagonal', title: 'diagonal', rule: diagonal(), damping: 1e-6 },
  { name: 'quasiDiagonal', title: 'quasi-diagonal', rule: quasiDiagonal(), damping: 1e-6 },
  {
    name: 'crossEntropy',
    title: 'block-diagonal, cross-entropy, C = 10',
    rule: blockDiagonal(),
    damping: 1e-6,
    outputs: 10,
  },
];

const samples = 100;
const defaultWidths = [256, 1024, 4096];

/** The infinitely wide network's kernel of N samples with themselves. */
export const kernelTasks: readonly Task[] = [2000, 10_000].map(kernelTask);

/** One step of every rule for N samples at each width M, after the products that all of them share. */
export const stepTasks: readonly Task[] = [
  ...defaultWidths.map((width) => productsTask(samples, width)),
  ...steps.flatMap((step) => (step.widths ?? defaultWidths).map((width) => stepTask(step, width))),
];

export const tasks: readonly Task[] = [...kernelTasks, ...stepTasks];

function stepTask(step: Step, width: number): Task {
  return {
    name: step.name,
    title: step.title,
    sizes: [samples, width],
    prepare: (engine, [n, m]) => prepareStep(engine, step, [n!, m!]),
  };
}

/** The matrix products of the exact rule's step, of one hidden layer with another, and nothing else: what the BLAS allows. */
export function productsTask(samples: number, width: number): Task {
  return {
    name: 'products',
    title: 'matrix products alone',
    sizes: [samples, width],
    prepare(engine, [n, m]) {
      const x = normalised(engine, n!, Math.sqrt(inputs));
      const h = pseudoRandom(engine, [n!, m!], 2);
      const first = pseudoRandom(engine, [m!, inputs], 3);
      const second = pseudoRandom(engine, [m!, m!], 4);
      const results = (): Tensor[] => [
        engine.matmul(x, first, { transposeB: true }),
        engine.matmul(h, second, { transposeB: true }),
        engine.matmul(h, second),
        engine.matmul(x, x, { transposeB: true }),
        ...Array.from({ length: 4 }, () => engine.matmul(h, h, { transposeB: true })),
      ];
      return {
        run: () =>
          engine.scope(() => {
            results();
            engine.matmulAccumulate(first, h, x, { transposeA: true, scale: learningRate });
            engine.matmulAccumulate(second, h, h, { transposeA: true, scale: learningRate });
          }),
        checksum: () =>
          engine.scope(() =>
            results().reduce((sum, t) => sum + engine.read(engine.reduce('sum', engine.unary('abs', t)))[0]!, 0),
          ),
      };
    },
  };
}

function kernelTask(samples: number): Task {
  return {
    name: 'analyticKernel',
    title: 'analytic kernel',
    sizes: [samples],
    prepare(engine, [n]) {
      const rows = normalised(engine, n!, 1);
      let kernel: Tensor | undefined;
      return {
        run() {
          if (kernel !== undefined) engine.free(kernel);
          kernel = analyticNtk(
            engine,
            architecture({ width: 1, outputs: 1, depth: defaultDepth }),
            { rows, columns: rows, same: true },
            { trainSamples: n! },
          );
        },
        checksum: () => engine.scope(() => engine.read(engine.reduce('sum', kernel!))[0]!),
      };
    },
  };
}

function architecture(of: { readonly width: number; readonly outputs: number; readonly depth: number }): Architecture {
  const { width, outputs, depth } = of;
  const widths = [inputs, ...Array.from({ length: depth - 1 }, () => width), outputs];
  return { widths, activation: { name: 'relu' }, weightVariance: 2, biasVariance };
}

/** As the experiments take a step: linearise, solve, update. The checksum projects what all runs moved on fixed values. */
function prepareStep(engine: LinalgEngine, step: Step, [n, m]: readonly [number, number]): Prepared {
  const { outputs = 1, depth = defaultDepth } = step;
  const network = createNetwork(engine, architecture({ width: m, outputs, depth }));
  const samples = normalised(engine, n, Math.sqrt(inputs));
  const targets =
    outputs === 1
      ? engine.unary('sign', pseudoRandom(engine, [n, 1], 10))
      : engine.tensor(
          Array.from({ length: n * outputs }, (_, i) => (Math.floor(i / outputs) % outputs === i % outputs ? 1 : 0)),
          [n, outputs],
        );
  const start = parameters(network).map((tensor) => engine.binary('multiply', 1, tensor));
  const probes = start.map(({ shape }, index) => pseudoRandom(engine, shape, 21 + index));
  return {
    run: () =>
      engine.scope(() => {
        const at = linearise(engine, network, samples);
        const given =
          outputs === 1
            ? { at, residual: engine.binary('subtract', at.outputs, targets) }
            : whitenOutputs(engine, at, targets, outputDamping);
        const direction = step.rule.direction(engine, given.at, given.residual, { damping: step.damping });
        if (step.decomposes === undefined && direction.statistics.method === 'eigendecomposition')
          throw new Error(`${step.name}: the Cholesky factorisation failed, so the peer would do other work`);
        applyDirection(engine, network, direction, learningRate);
      }),
    checksum: () =>
      engine.scope(() => {
        const projections = parameters(network).map((tensor, i) => {
          const moved = engine.binary('subtract', tensor, start[i]!);
          return engine.read(engine.reduce('sum', engine.binary('multiply', probes[i]!, moved)))[0]!;
        });
        return projections.reduce((sum, value) => sum + value) / learningRate;
      }),
  };
}

function createNetwork(engine: LinalgEngine, architecture: Architecture): Network {
  const draw = ([rows, columns]: readonly [number, number], offset: number): Tensor => {
    const values = pseudoRandomValues(rows * columns, offset);
    return engine.adopt(
      values.map((value) => Math.sqrt(12) * value),
      [rows, columns],
    );
  };
  return {
    architecture,
    layers: architecture.widths.slice(1).map((outputs, index) => ({
      weights: draw([outputs, architecture.widths[index]!], index + 1),
      biases: draw([1, outputs], index + 11),
      weightGain: Math.sqrt(architecture.weightVariance / architecture.widths[index]!),
      biasGain: Math.sqrt(architecture.biasVariance),
    })),
  };
}

/** All W_l, then all b_l. */
function parameters({ layers }: Network): Tensor[] {
  return [...layers.map(({ weights }) => weights), ...layers.map(({ biases }) => biases!)];
}

/** Samples [n, 784] of the given norm. */
function normalised(engine: LinalgEngine, n: number, norm: number): Tensor {
  return engine.scope(() => {
    const raw = pseudoRandom(engine, [n, inputs], 9);
    const squares = engine.reduce('sum', engine.unary('square', raw), { axis: 1, keepDims: true });
    return engine.binary('multiply', norm, engine.binary('divide', raw, engine.unary('sqrt', squares)));
  });
}
