import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { factorDampings, inputGram, signalGram, solvePositive, weightGram } from '@natsweep/models';
import type { KfacForm } from '@natsweep/models';
import type { Samples } from './coefficient-matrix.ts';

interface Damped {
  /** ρ ≥ 0; at 0 pseudo-inverses take the place of inverses. */
  readonly damping: number;
  readonly form: KfacForm;
}

/** Gram matrices of one factor over the training samples: between them, and from rows x′ to them. */
interface Factor {
  /** [N, N] */
  readonly train: Tensor;
  /** [N′, N] */
  readonly cross: Tensor;
}

/**
 * Θ̄(x′, x) of K-FAC [N′, N]. With one damping per factor it is Σ_l (1/N) 𝓑_l ⊙ 𝓐_{l−1}, 𝓑_l = B_l(x′, x)(B_l/N + ρ_BI)⁻¹ and
 * 𝓐_l = Ã_l(x′, x)(Ã_l/N + ρ_AI)⁻¹, the output layer with B*_L = 1/N (Karakida & Osawa 2020, S.96-S.103). A block of its own for
 * the biases adds Σ_l (1/N) σ_b²B_l(x′, x)(σ_b²B_l/N² + ρI)⁻¹ (S.124).
 */
export function kfacCoefficient(engine: LinalgEngine, { rows, columns }: Samples, damped: Damped): Tensor {
  return engine.scope(() => {
    const { form, damping } = damped;
    const n = columns.samples;
    const separate = form.bias === 'separate';
    const perLayer = columns.network.layers.flatMap(({ biasGain, biases }, index) => {
      const l = index + 1;
      const between = separate ? weightGram : inputGram;
      const inputs = { train: between(engine, columns, columns, l), cross: between(engine, rows, columns, l) };
      const signals = { train: signalGram(engine, columns, columns, l), cross: signalGram(engine, rows, columns, l) };
      const hasBias = biases !== undefined;
      const dimensions = {
        signals: columns.signals[index]!.shape[1]!,
        inputs: columns.activations[index]!.shape[1]! + Number(hasBias && !separate),
      };
      const layer = { signals, inputs, dimensions, isOutput: l === columns.signals.length };
      const weights =
        form.damping === 'exact' && damping > 0 ? jointly(engine, layer, damping) : factorwise(engine, layer, damped);
      if (!hasBias || !separate) return [weights];
      const scaled = (gram: Tensor, factor: number) => engine.binary('multiply', biasGain ** 2 * factor, gram);
      const bias = { train: scaled(signals.train, 1 / n ** 2), cross: scaled(signals.cross, 1 / n) };
      return [weights, whitened(engine, bias, damping)];
    });
    return perLayer.reduce((total, part) => engine.binary('add', total, part));
  });
}

interface LayerFactors {
  readonly signals: Factor;
  readonly inputs: Factor;
  readonly dimensions: { readonly signals: number; readonly inputs: number };
  readonly isOutput: boolean;
}

function factorwise(
  engine: LinalgEngine,
  { signals, inputs, dimensions, isOutput }: LayerFactors,
  { damping, form }: Damped,
): Tensor {
  const n = inputs.train.shape[0]!;
  const trace = (gram: Tensor) => engine.read(engine.reduce('sum', engine.diagonal(gram)))[0]! / n;
  const rho = factorDampings(form.damping === 'pi' ? 'pi' : 'factors', damping, {
    signals: { trace: isOutput ? 1 / n : trace(signals.train), dimension: dimensions.signals },
    inputs: { trace: trace(inputs.train), dimension: dimensions.inputs },
  });
  const averaged = ({ train, cross }: Factor) => ({ train: engine.binary('multiply', 1 / n, train), cross });
  const weight = isOutput ? 1 / (1 / n + rho.signals) : whitened(engine, averaged(signals), rho.signals);
  const product = engine.binary('multiply', weight, whitened(engine, averaged(inputs), rho.inputs));
  return engine.binary('multiply', 1 / n, product);
}

/**
 * (1/N) Σ_ij [b(x′)U]_i U_mi [a(x′)P]_j P_mj/(s_i t_j + ρ) for row x′ and column m, with the eigendecompositions
 * B/N = U diag(s) Uᵀ and Ã/N = P diag(t) Pᵀ: (B* ⊗ A* + ρI)⁻¹ seen from the outputs, for ρ > 0.
 */
function jointly(engine: LinalgEngine, { signals, inputs, isOutput }: LayerFactors, damping: number): Tensor {
  const n = inputs.train.shape[0]!;
  const average = (gram: Tensor, factor = 1 / n) => engine.binary('multiply', factor, gram);
  if (isOutput)
    return whitened(engine, { train: average(inputs.train, 1 / n ** 2), cross: average(inputs.cross) }, damping);
  const [s, t] = [engine.eigh(average(signals.train)), engine.eigh(average(inputs.train))];
  const products = engine.binary('multiply', engine.reshape(s.values, [-1, 1]), t.values);
  const inverse = engine.unary('reciprocal', engine.binary('add', products, damping));
  const [b, a] = [engine.matmul(signals.cross, s.vectors), engine.matmul(inputs.cross, t.vectors)];
  const rows = Array.from({ length: b.shape[0]! }, (_, row) =>
    engine.scope(() => {
      const of = (projected: Tensor, vectors: Tensor) =>
        engine.binary('multiply', engine.slice(projected, [[row, row + 1]]), vectors);
      const moved = engine.matmul(of(b, s.vectors), inverse);
      return engine.reduce('sum', engine.binary('multiply', moved, of(a, t.vectors)), { axis: 1 });
    }),
  );
  return average(
    engine.concat(
      rows.map((row) => engine.reshape(row, [1, n])),
      0,
    ),
  );
}

/** cross (train + ρI)⁻¹ by LU for ρ > 0, with the pseudo-inverse at ρ = 0. */
function whitened(engine: LinalgEngine, { train, cross }: Factor, damping: number): Tensor {
  const rhs = engine.transpose(cross);
  if (damping === 0) return engine.transpose(solvePositive(engine, train, rhs, { damping }).solution);
  const damped = engine.binary('add', train, engine.binary('multiply', damping, engine.eye(train.shape[0]!)));
  return engine.transpose(engine.solve(damped, rhs));
}
