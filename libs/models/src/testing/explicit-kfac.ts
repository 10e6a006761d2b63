import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { parameterLayout } from '../jacobian.ts';
import type { KfacForm } from '../kfac-form.ts';
import type { Linearisation } from '../linearisation.ts';

type Entries = (row: number, column: number) => number;

/**
 * The damped K-FAC metric [P, P], entry by entry in the order of `explicitJacobian` (Karakida & Osawa 2020, eq. 20, S.95 and
 * S.123): primal factors A* over inputs and B* over units, averaged over samples one by one.
 */
export function explicitKfacMetric(
  engine: LinalgEngine,
  at: Linearisation,
  { damping, form }: { readonly damping: number; readonly form: KfacForm },
): Tensor {
  const layout = parameterLayout(at.network.architecture);
  const size = layout.at(-1)!.biases[1];
  const metric = new Float64Array(size * size);
  layout.forEach(({ weights, biases }, layer) => {
    const entry = layerMetric(engine, at, layer, { damping, form });
    for (let i = weights[0]; i < biases[1]; i++)
      for (let j = weights[0]; j < biases[1]; j++) metric[i * size + j] = entry(i - weights[0], j - weights[0]);
  });
  return engine.tensor(metric, [size, size]);
}

function layerMetric(
  engine: LinalgEngine,
  at: Linearisation,
  layer: number,
  { damping, form }: { readonly damping: number; readonly form: KfacForm },
): Entries {
  const { weightGain, biasGain, biases } = at.network.layers[layer]!;
  const [h, delta] = [engine.read(at.activations[layer]!), engine.read(at.signals[layer]!)];
  const [width, units] = [at.activations[layer]!.shape[1]!, at.signals[layer]!.shape[1]!];
  const augmented = form.bias === 'augmented' && biases !== undefined;
  const inputs = width + Number(augmented);
  const input = (n: number, j: number) => (j < width ? weightGain * h[n * width + j]! : biasGain);
  const average = (f: (n: number) => number) =>
    Array.from({ length: at.samples }, (_, n) => f(n)).reduce((x, y) => x + y) / at.samples;
  const a: Entries = (j, m) => average((n) => input(n, j) * input(n, m));
  const isOutput = layer === at.signals.length - 1;
  const b: Entries = (i, k) =>
    isOutput ? 1 / at.samples : average((n) => delta[n * units + i]! * delta[n * units + k]!);
  const kronecker = dampedKronecker({ a, b, inputs, units }, { damping, form });
  // of the layer's parameters, weights are unit · width + input and biases follow
  const place = (p: number) =>
    p < units * width ? { unit: Math.floor(p / width), input: p % width } : { unit: p - units * width, input: width };
  return (row, column) => {
    const [p, q] = [place(row), place(column)];
    if (augmented || (p.input < width && q.input < width)) return kronecker(p, q);
    if (p.input < width || q.input < width) return 0;
    const block = average((n) => delta[n * units + p.unit]! * delta[n * units + q.unit]!);
    return (biasGain ** 2 * block) / at.samples + (p.unit === q.unit ? damping : 0);
  };
}

interface Place {
  readonly unit: number;
  readonly input: number;
}

function dampedKronecker(
  { a, b, inputs, units }: { a: Entries; b: Entries; inputs: number; units: number },
  { damping, form }: { readonly damping: number; readonly form: KfacForm },
): (p: Place, q: Place) => number {
  const on = (entry: Entries, i: number, j: number, shift: number) => entry(i, j) + (i === j ? shift : 0);
  if (form.damping === 'exact')
    return (p, q) => b(p.unit, q.unit) * a(p.input, q.input) + (p.unit === q.unit && p.input === q.input ? damping : 0);
  const meanDiagonal = (entry: Entries, n: number) =>
    Array.from({ length: n }, (_, i) => entry(i, i)).reduce((x, y) => x + y) / n;
  const pi = form.damping === 'pi' ? Math.sqrt(meanDiagonal(a, inputs) / meanDiagonal(b, units)) : 1;
  const root = form.damping === 'pi' ? Math.sqrt(damping) : damping;
  return (p, q) => on(b, p.unit, q.unit, root / pi) * on(a, p.input, q.input, root * pi);
}
