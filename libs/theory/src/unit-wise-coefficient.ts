import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { inputGram } from '@natsweep/models';
import type { Samples } from './coefficient-matrix.ts';
import { kernelPair } from './whitened.ts';

/** Bytes that one batch of N × N systems may take. */
const chunkBytes = 32 * 2 ** 20;

/** Whether the step moves the weights of the first layer. */
export type FirstLayer = 'trained' | 'fixed';

/**
 * Σ_l Σ_i diag(δ_{l,i}(x′)) Ã_{l−1}(x′, x) diag(δ_{l,i}(x))/N (Θ_{l,i} + ρI)⁻¹ for C = 1 (Karakida & Osawa 2020, S.156), units in
 * batches. A fixed first layer leaves out l = 1 (C.2.2).
 */
export function unitWiseCoefficient(
  engine: LinalgEngine,
  { rows, columns }: Samples,
  { damping, firstLayer = 'trained' }: { readonly damping: number; readonly firstLayer?: FirstLayer },
): Tensor {
  const n = columns.samples;
  const perChunk = Math.max(1, Math.floor(chunkBytes / (8 * n * Math.max(n, rows.samples))));
  let total = engine.full([rows.samples, n], 0);
  columns.signals.forEach((signals, index) => {
    if (index === 0 && firstLayer === 'fixed') return;
    const { train, cross } = kernelPair({ rows, columns }, (x, y) =>
      engine.binary('multiply', 1 / n, inputGram(engine, x, y, index + 1)),
    );
    for (let start = 0; start < signals.shape[1]!; start += perChunk) {
      const range = [start, Math.min(signals.shape[1]!, start + perChunk)] as const;
      const delta = engine.transpose(engine.slice(signals, [null, range]));
      const deltaRows = engine.transpose(engine.slice(rows.signals[index]!, [null, range]));
      total = engine.scope(() =>
        engine.binary('add', total, chunk(engine, { train, cross, delta, deltaRows }, damping)),
      );
    }
  });
  return total;
}

interface Chunk {
  /** Ã/N [N, N] and its rows at x′ [N′, N]. */
  readonly train: Tensor;
  readonly cross: Tensor;
  /** δ of m units [m, N], and at x′ [m, N′]. */
  readonly delta: Tensor;
  readonly deltaRows: Tensor;
}

function chunk(engine: LinalgEngine, { train, cross, delta, deltaRows }: Chunk, damping: number): Tensor {
  const n = train.shape[0]!;
  const columnScale = engine.reshape(delta, [-1, 1, n]);
  const kernels = engine.binary(
    'multiply',
    engine.binary('multiply', engine.reshape(delta, [-1, n, 1]), train),
    columnScale,
  );
  const damped = engine.binary('add', kernels, engine.binary('multiply', damping, engine.eye(n)));
  const crossKernels = engine.binary(
    'multiply',
    engine.binary('multiply', engine.reshape(deltaRows, [-1, cross.shape[0]!, 1]), cross),
    columnScale,
  );
  return engine.reduce('sum', engine.transpose(engine.solve(damped, engine.transpose(crossKernels))), { axis: 0 });
}
