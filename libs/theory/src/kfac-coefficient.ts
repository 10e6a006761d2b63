import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { factorDampings, inputGram, signalGram, weightGram } from '@natsweep/models';
import type { KfacForm } from '@natsweep/models';
import type { Samples } from './coefficient-matrix.ts';
import { kernelPair, whitened } from './whitened.ts';
import type { KernelPair } from './whitened.ts';

export interface DampedKfac {
  /** ρ ≥ 0; at 0 pseudo-inverses take the place of inverses. */
  readonly damping: number;
  readonly form: KfacForm;
}

/** The two Gram matrices of a layer and the sizes of the factors that they belong to. */
export interface KroneckerLayer {
  /** B_l */
  readonly signals: KernelPair;
  /** σ_w² A_{l−1}, and + σ_b² where the bias is one more input. */
  readonly inputs: KernelPair;
  readonly dimensions: { readonly signals: number; readonly inputs: number };
  readonly isOutput: boolean;
  /** σ_b² of biases that have a block of their own. */
  readonly separateBias?: number;
}

/** Θ̄(x′, x) of K-FAC at the weights of `columns` [N′, N]. */
export function kfacCoefficient(engine: LinalgEngine, samples: Samples, damped: DampedKfac): Tensor {
  return engine.scope(() => {
    const { columns } = samples;
    const separate = damped.form.bias === 'separate';
    const layers = columns.network.layers.map(({ biasGain, biases }, index): KroneckerLayer => {
      const l = index + 1;
      const between = separate ? weightGram : inputGram;
      const hasBias = biases !== undefined;
      return {
        signals: kernelPair(samples, (x, y) => signalGram(engine, x, y, l)),
        inputs: kernelPair(samples, (x, y) => between(engine, x, y, l)),
        dimensions: {
          signals: columns.signals[index]!.shape[1]!,
          inputs: columns.activations[index]!.shape[1]! + Number(hasBias && !separate),
        },
        isOutput: l === columns.signals.length,
        ...(hasBias && separate ? { separateBias: biasGain ** 2 } : {}),
      };
    });
    return kroneckerCoefficient(engine, layers, damped);
  });
}

/**
 * Θ̄(x′, x) of K-FAC from its Gram matrices. With one damping per factor it is Σ_l (1/N) 𝓑_l ⊙ 𝓐_{l−1},
 * 𝓑_l = B_l(x′, x)(B_l/N + ρ_BI)⁻¹ and 𝓐_l = Ã_l(x′, x)(Ã_l/N + ρ_AI)⁻¹, the output layer with B*_L = 1/N (Karakida & Osawa 2020,
 * S.96-S.103). A block of its own for the biases adds Σ_l (1/N) σ_b²B_l(x′, x)(σ_b²B_l/N² + ρI)⁻¹ (from
 * S.123; at ρ = 0 it is S.124, but that the output layer has B_LB_L⁺ = 11ᵀ/N where S.124 has 11ᵀ).
 */
export function kroneckerCoefficient(
  engine: LinalgEngine,
  layers: readonly KroneckerLayer[],
  damped: DampedKfac,
): Tensor {
  return engine.scope(() => {
    const { form, damping } = damped;
    const parts = layers.flatMap((layer) => {
      const weights =
        form.damping === 'exact' && damping > 0 ? jointly(engine, layer, damping) : factorwise(engine, layer, damped);
      if (layer.separateBias === undefined) return [weights];
      const { train, cross } = layer.signals;
      const n = train.shape[0]!;
      const bias = {
        train: engine.binary('multiply', layer.separateBias / n ** 2, train),
        cross: engine.binary('multiply', layer.separateBias / n, cross),
      };
      return [weights, whitened(engine, bias, damping)];
    });
    return parts.reduce((total, part) => engine.binary('add', total, part));
  });
}

function factorwise(
  engine: LinalgEngine,
  { signals, inputs, dimensions, isOutput }: KroneckerLayer,
  { damping, form }: DampedKfac,
): Tensor {
  const n = inputs.train.shape[0]!;
  const trace = (gram: Tensor) => engine.read(engine.reduce('sum', engine.diagonal(gram)))[0]! / n;
  const rho = factorDampings(form.damping === 'pi' ? 'pi' : 'factors', damping, {
    signals: { trace: isOutput ? 1 / n : trace(signals.train), dimension: dimensions.signals },
    inputs: { trace: trace(inputs.train), dimension: dimensions.inputs },
  });
  const averaged = ({ train, cross }: KernelPair) => ({ train: engine.binary('multiply', 1 / n, train), cross });
  const weight = isOutput ? 1 / (1 / n + rho.signals) : whitened(engine, averaged(signals), rho.signals);
  const product = engine.binary('multiply', weight, whitened(engine, averaged(inputs), rho.inputs));
  return engine.binary('multiply', 1 / n, product);
}

/**
 * (1/N) Σ_ij [b(x′)U]_i U_mi [a(x′)P]_j P_mj/(s_i t_j + ρ) for row x′ and column m, with the eigendecompositions
 * B/N = U diag(s) Uᵀ and Ã/N = P diag(t) Pᵀ: (B* ⊗ A* + ρI)⁻¹ seen from the outputs, for ρ > 0. Eigenvalues that rounding made
 * negative count as 0.
 */
function jointly(engine: LinalgEngine, { signals, inputs, isOutput }: KroneckerLayer, damping: number): Tensor {
  const n = inputs.train.shape[0]!;
  const average = (gram: Tensor, factor = 1 / n) => engine.binary('multiply', factor, gram);
  if (isOutput)
    return whitened(engine, { train: average(inputs.train, 1 / n ** 2), cross: average(inputs.cross) }, damping);
  const [s, t] = [engine.eigh(average(signals.train)), engine.eigh(average(inputs.train))];
  const [rowValues, columnValues] = [s, t].map(({ values }) => engine.binary('maximum', values, 0)) as [Tensor, Tensor];
  const products = engine.binary('multiply', engine.reshape(rowValues, [-1, 1]), columnValues);
  const inverse = engine.unary('reciprocal', engine.binary('add', products, damping));
  const [b, a] = [engine.matmul(signals.cross, s.vectors), engine.matmul(inputs.cross, t.vectors)];
  const rows = Array.from({ length: b.shape[0]! }, (_, row) =>
    engine.scope(() => {
      const of = (projected: Tensor, vectors: Tensor) =>
        engine.binary('multiply', engine.slice(projected, [[row, row + 1]]), vectors);
      const moved = engine.matmul(of(b, s.vectors), inverse);
      const entries = engine.reduce('sum', engine.binary('multiply', moved, of(a, t.vectors)), { axis: 1 });
      return engine.reshape(entries, [1, n]);
    }),
  );
  return average(engine.concat(rows, 0));
}
