import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Architecture, Coupling, KfacForm } from '@natsweep/models';
import { analyticLayerKernel, analyticNtk, kernelMatrix, layerDuals } from './analytic-kernels.ts';
import type { KernelSamples } from './analytic-kernels.ts';
import { coupledCoefficient } from './coefficient-matrix.ts';
import { kroneckerCoefficient } from './kfac-coefficient.ts';
import type { KroneckerLayer } from './kfac-coefficient.ts';
import { whitened } from './whitened.ts';
import type { KernelPair } from './whitened.ts';

/** Metrics whose Θ̄ the infinite-width kernels of the layers determine, for ρ > 0 and in the limit ρ → 0. */
export type AnalyticRule =
  | { readonly kind: 'gradient-descent' | 'exact' }
  /** `response` is Σ⁻¹1_L of a regular Σ, read at ρ = 0. */
  | { readonly kind: 'layer-wise'; readonly coupling: Coupling; readonly response: readonly number[] }
  /** The `pi` damping weighs traces by the sizes of the factors: it has no limit, and takes the widths of the architecture. */
  | { readonly kind: 'kfac'; readonly form: KfacForm };

export interface AnalyticSamples {
  /** Unit-norm training inputs [N, M_0]. */
  readonly train: Tensor;
  /** Unit-norm inputs x′ [N′, M_0]; the training inputs themselves for Θ̄(x, x). */
  readonly rows: Tensor;
}

/**
 * Θ̄(x′, x) at infinite width [N′, N], to be read as Θ̄ ⊗ I_C for C outputs: the formulas of `coefficientMatrix` on the analytic
 * kernels A_l, B_l and Θ_l (Karakida & Osawa 2020, eq. 14, 16, 21, appendix E).
 */
export function analyticCoefficient(
  engine: LinalgEngine,
  architecture: Architecture,
  { train, rows }: AnalyticSamples,
  { rule, damping }: { readonly rule: AnalyticRule; readonly damping: number },
): Tensor {
  const own: KernelSamples = { rows: train, columns: train, same: true };
  const cross: KernelSamples = rows === train ? own : { rows, columns: train, same: false };
  const pair = (kernel: (samples: KernelSamples) => Tensor): KernelPair => {
    const between = kernel(own);
    return { train: between, cross: cross === own ? between : kernel(cross) };
  };
  const trainSamples = train.shape[0]!;
  const depth = architecture.widths.length - 1;
  return engine.scope(() => {
    switch (rule.kind) {
      case 'gradient-descent':
        return analyticNtk(engine, architecture, cross, { trainSamples });
      case 'exact':
        return whitened(
          engine,
          pair((samples) => analyticNtk(engine, architecture, samples, { trainSamples })),
          damping,
        );
      case 'layer-wise': {
        const layers = Array.from({ length: depth }, (_, index) =>
          pair((samples) => analyticLayerKernel(engine, architecture, samples, { layer: index + 1, trainSamples })),
        );
        if (damping > 0) return coupledCoefficient(engine, rule.coupling, layers, damping);
        return layers
          .map((layer, l) => engine.binary('multiply', rule.response[l]!, whitened(engine, layer, 0)))
          .reduce((sum, part) => engine.binary('add', sum, part));
      }
      case 'kfac':
        return kroneckerCoefficient(engine, analyticFactors(engine, architecture, { rule, pair }), {
          damping,
          form: rule.form,
        });
    }
  });
}

function analyticFactors(
  engine: LinalgEngine,
  architecture: Architecture,
  {
    rule,
    pair,
  }: {
    readonly rule: AnalyticRule & { kind: 'kfac' };
    readonly pair: (kernel: (samples: KernelSamples) => Tensor) => KernelPair;
  },
): KroneckerLayer[] {
  const { widths, biasVariance } = architecture;
  const duals = layerDuals(architecture);
  const separate = rule.form.bias === 'separate' && biasVariance > 0;
  const removed = separate ? biasVariance : 0;
  const hasAugmentedBias = biasVariance > 0 && !separate;
  return widths.slice(1).map((units, l) => ({
    signals: pair((samples) => kernelMatrix(engine, samples, (cosines) => duals(cosines).signals[l]!)),
    inputs: pair((samples) =>
      kernelMatrix(engine, samples, (cosines) => duals(cosines).inputs[l]!.map((entry) => entry - removed)),
    ),
    dimensions: { signals: units, inputs: widths[l]! + Number(hasAugmentedBias) },
    isOutput: l === widths.length - 2,
    ...(separate ? { separateBias: biasVariance } : {}),
  }));
}
