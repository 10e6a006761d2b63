import type { MatrixCompletion } from '@natsweep/datasets';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { effectiveRank, nuclearNormCompletion } from '@natsweep/theory';

/** Mean squared errors over all entries and over the observed ones. */
export function completionErrors(product: Float64Array, { target, observed }: MatrixCompletion) {
  let [test, train, observations] = [0, 0, 0];
  product.forEach((value, i) => {
    const square = (value - target[i]!) ** 2;
    test += square;
    train += observed[i]! * square;
    observations += observed[i]!;
  });
  return { test: test / product.length, train: train / observations };
}

/** Descending; NaN where the matrix is not finite. */
export function singularValues(engine: LinalgEngine, values: Float64Array, size: number): Float64Array {
  if (!values.every(Number.isFinite)) return new Float64Array(size).fill(NaN);
  return engine.scope(() => engine.read(engine.svd(engine.tensor(values, [size, size])).s));
}

/** What there is to say of a completion β, row-major, that a descent from `start` has come to; NaN where it diverged. */
export function completionMetrics(
  engine: LinalgEngine,
  of: {
    readonly size: number;
    readonly data: MatrixCompletion;
    readonly start: Float64Array;
    readonly product: Float64Array;
    readonly diverged: boolean;
  },
): Record<string, number> {
  const { size, data, start, product } = of;
  const { test, train } = completionErrors(product, data);
  const spectrum = singularValues(engine, product, size);
  const least = engine.scope(() => leastNuclear(engine, data, size));
  const trivial = start.map((value, i) => (data.observed[i] === 1 ? data.target[i]! : value));
  const unobserved = data.observed.reduce((count, flag) => count + 1 - flag, 0);
  const drift = product.reduce((sum, value, i) => sum + (1 - data.observed[i]!) * (value - start[i]!) ** 2, 0);
  const unlessLost = (value: number) => (of.diverged ? NaN : value);
  return {
    testError: unlessLost(test),
    trivialError: completionErrors(trivial, data).test,
    trainError: unlessLost(train),
    effectiveRank: unlessLost(effectiveRank(spectrum)),
    effectiveRankStart: effectiveRank(singularValues(engine, start, size)),
    nuclearNorm: unlessLost(spectrum.reduce((sum, value) => sum + value, 0)),
    leastNuclearNorm: least.nuclearNorm,
    leastNuclearError: least.error,
    unobservedDrift: unlessLost(unobserved > 0 ? Math.sqrt(drift / unobserved) : NaN),
  };
}

function leastNuclear(engine: LinalgEngine, data: MatrixCompletion, size: number) {
  const asTensor = (values: Float64Array): Tensor => engine.tensor(values, [size, size]);
  const given = { target: asTensor(data.target), observed: asTensor(data.observed) };
  const { completion, nuclearNorm } = nuclearNormCompletion(engine, given, { tolerance: 0.01, maxIterations: 500 });
  return { nuclearNorm, error: completionErrors(engine.read(completion), data).test };
}
