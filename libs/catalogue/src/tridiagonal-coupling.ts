import { z } from 'zod';
import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { atSmallest, metricOf, verdict } from './judging.ts';
import { formatNumber, formatSpread, groupBy, maximum } from './spread.ts';
import { wideNetworkParameters, wideNetworkRefusal } from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.extend({
  dataset: wideNetworkParameters.shape.dataset.unwrap().default('gaussian').describe('training data'),
  damping: z.number().min(0).max(1e6).default(0).describe('ρ, absolute; 0 is the limit of least norm'),
});

const depthOf = ({ params }: Measurement): number => Number(params['depth']);
const listDepths = (measurements: readonly Measurement[]): string =>
  [...new Set(measurements.map(depthOf))].sort((a, b) => a - b).join(', ');
const regular = (m: Measurement): boolean => depthOf(m) % 3 !== 2;
const undamped = ({ params }: Measurement): boolean => params['damping'] === 0;

const alphaOfDepth: Claim = {
  id: 'alpha-of-depth',
  statement: 'For L = 3s and L = 3s + 1 the block-tridiagonal gradient is isotropic with α = s and α = s + 1',
  source: 'Karakida & Osawa 2020, Lemma 4.3',
  judge: (measurements) => {
    const relevant = measurements.filter((m) => regular(m) && undamped(m));
    const off = relevant.map((m) =>
      Math.max(
        Math.abs((metricOf(m, 'alpha') ?? Infinity) - Math.ceil(depthOf(m) / 3)),
        metricOf(m, 'anisotropicPart') ?? Infinity,
      ),
    );
    return verdict(off.length > 0 ? maximum(off) <= 0.001 : undefined, {
      expected: 's and s + 1',
      measured: `largest error ${formatNumber(maximum(off))} over depths ${listDepths(relevant)}`,
      threshold: '|α − lemma| and the anisotropic part below 0.001 in every trial of damping 0',
      missing: 'no depth of the form 3s or 3s + 1 with damping 0',
    });
  },
};

const positiveDefinite: Claim = {
  id: 'sigma-positive-definite',
  statement: 'For L = 3s and L = 3s + 1 the matrix Σ is positive definite',
  source: 'Karakida & Osawa 2020, Lemma 4.3 and Theorem 4.1',
  judge: (measurements) => {
    const relevant = measurements.filter(regular);
    const indefinite = relevant.filter((m) => !((metricOf(m, 'smallestCouplingEigenvalue') ?? -Infinity) > 0));
    return verdict(relevant.length > 0 ? indefinite.length === 0 : undefined, {
      expected: 'no negative eigenvalue',
      measured: indefinite.length === 0 ? 'none' : `Σ is indefinite at depths ${listDepths(indefinite)}`,
      threshold: 'smallest eigenvalue of Σ above 0 at every such depth',
      missing: 'no depth of the form 3s or 3s + 1',
    });
  },
};

/**
 * Among parameters that fit the data the responses u_l of the layers add up to y, and N θᵀG_0θ = Σ_lm Σ_lm u_lᵀu_m: u = Σ⁻¹1 y/α is where it
 * is stationary, and its minimum only if Σ is positive on 1_L's complement.
 */
const minimalNorm: Claim = {
  id: 'solution-of-least-norm',
  statement:
    'The trained parameters are the min-norm solution of the metric, the least θᵀG_0θ of all that fit the data',
  source: 'Karakida & Osawa 2020, 4.4 and B.4, for the block-tridiagonal metric',
  judge: (measurements) => {
    const relevant = measurements.filter((m) => regular(m) && undamped(m));
    const saddles = relevant.filter((m) => !((metricOf(m, 'smallestCouplingCurvature') ?? -Infinity) > -1e-9));
    return verdict(relevant.length > 0 ? saddles.length === 0 : undefined, {
      expected: 'no way to lower θᵀG_0θ',
      measured:
        saddles.length === 0 ? 'none' : `Σ is negative along exchanges of layers at depths ${listDepths(saddles)}`,
      threshold:
        'smallest eigenvalue of Σ on the complement of 1_L not negative at every depth of the form 3s or 3s + 1',
      missing: 'no depth of the form 3s or 3s + 1 with damping 0',
    });
  },
};

const singularDepths: Claim = {
  id: 'sigma-singular',
  statement: 'Σ is singular exactly for L = 3s + 2',
  source: 'Karakida & Osawa 2020, Lemma 4.3',
  judge: (measurements) => {
    const both = measurements.some(regular) && !measurements.every(regular);
    const wrong = measurements.filter((m) => metricOf(m, 'zeroCouplingEigenvalues') !== Number(!regular(m)));
    return verdict(both ? wrong.length === 0 : undefined, {
      expected: 'one zero eigenvalue at L = 3s + 2, none elsewhere',
      measured: wrong.length === 0 ? `at all depths ${listDepths(measurements)}` : `not at depths ${listDepths(wrong)}`,
      threshold: 'at every depth',
      missing: 'needs depths of the form 3s + 2 and others',
    });
  },
};

/** 1_L is orthogonal to the kernel of these Σ, so the limit ρ → 0 exists and the claim may fail. */
const noLimit: Claim = {
  id: 'no-limit-at-singular-depth',
  statement:
    'For singular Σ, as at L = 3s + 2, instability as ρ → 0 “seems essentially unavoidable”: no isotropic response in that limit',
  source: 'Karakida & Osawa 2020, 4.2 and the remark on singular Σ after S.90',
  judge: (measurements) => {
    const damped = measurements.filter((m) => !regular(m) && !undamped(m));
    const depths = groupBy(damped, depthOf).map((group) => {
      const anisotropy = atSmallest(group, 'damping').map((m) => metricOf(m, 'anisotropicPart') ?? Infinity);
      return {
        group,
        anisotropy,
        unstable: 2 * anisotropy.filter((part) => !(part <= 0.1)).length >= anisotropy.length,
      };
    });
    const sequences = depths.map(({ group }) => `L = ${depthOf(group[0]!)}: ${sequence(group)}`);
    return verdict(depths.length > 0 ? depths.every(({ unstable }) => unstable) : undefined, {
      expected: 'an anisotropic part that does not vanish as ρ → 0',
      measured: depths
        .map(({ group, anisotropy }) => `L = ${depthOf(group[0]!)}: ${formatSpread(anisotropy)}`)
        .join('; '),
      threshold: 'at the smallest ρ > 0, anisotropic part above 0.1 in at least half of the trials of every such depth',
      missing: 'no trial of depth 3s + 2 with positive damping',
      detail: `largest anisotropic part by falling ρ, ${sequences.join('; ')}`,
    });
  },
};

/** "0.3 (ρ = 0.01), 2e-4 (ρ = 1e-6)": the largest anisotropic part per damping, in the order of the limit. */
function sequence(measurements: readonly Measurement[]): string {
  return groupBy(measurements, ({ params }) => params['damping'])
    .map((group) => ({
      damping: Number(group[0]!.params['damping']),
      largest: maximum(group.map((m) => metricOf(m, 'anisotropicPart') ?? Infinity)),
    }))
    .sort((a, b) => b.damping - a.damping)
    .map(({ damping, largest }) => `${formatNumber(largest)} (ρ = ${formatNumber(damping)})`)
    .join(', ');
}

/** Lemma 4.3 of Karakida & Osawa 2020, on the matrix Σ and on the response of real networks. */
export const tridiagonalCoupling: ExperimentDeclaration<typeof parameters> = {
  name: 'tridiagonal-coupling',
  version: 3,
  title: 'Isotropy of the block-tridiagonal natural gradient for every depth, at damping 0 and as it vanishes',
  source: 'Karakida & Osawa 2020, Lemma 4.3',
  parameters,
  structuralParameters: ['dataset', 'samples', 'depth', 'width', 'activation', 'precision'],
  metrics: {
    alpha: { description: '⟨JΔθ, g⟩/⟨g, g⟩, with JΔθ from the outputs of the moved network', unit: '1' },
    alphaTheory: {
      description: 's for L = 3s, s + 1 for L = 3s + 1 and, in the limit of least norm, L = 3s + 2',
      unit: '1',
    },
    anisotropicPart: { description: '‖JΔθ − αg‖/‖g‖', unit: '1' },
    smallestCouplingEigenvalue: { description: 'of Σ', unit: '1' },
    smallestCouplingCurvature: {
      description: 'smallest eigenvalue of Σ on the complement of 1_L; that of no direction, L = 1, counts as 3',
      unit: '1',
    },
    negativeCouplingEigenvalues: { description: 'of Σ', unit: '1' },
    zeroCouplingEigenvalues: { description: 'of Σ', unit: '1' },
    condition: {
      description:
        'condition number of the worst system that the step solves: the layer kernels at damping 0, else the damped metric',
      unit: '1',
    },
    droppedDirections: { description: 'null directions of the layer kernels that were left out', unit: '1' },
    poleDistance: { description: 'min |λ + ρ| over the eigenvalues λ of the damped metric', unit: '1' },
  },
  traces: {
    couplingResponse: {
      description: 'Σ⁺1_L, what each layer adds to the response at damping 0 and regular Σ',
      unit: '1',
    },
  },
  claims: [alphaOfDepth, positiveDefinite, singularDepths, noLimit, minimalNorm],
  figures: [
    {
      id: 'alpha-against-depth',
      kind: 'metric',
      title: 'α of the block-tridiagonal metric: measured (circles) and Lemma 4.3 (lines)',
      source: 'Karakida & Osawa 2020, Lemma 4.3',
      x: 'depth',
      measured: 'alpha',
      theory: 'alphaTheory',
      panelBy: ['width'],
      seriesBy: 'activation',
      only: { damping: 0 },
      xLabel: 'depth L',
      yLabel: 'α',
      xScale: 'linear',
      yScale: 'linear',
    },
    {
      id: 'anisotropy-against-damping',
      kind: 'metric',
      title: 'Anisotropic part of the response as the damping vanishes',
      source: 'Karakida & Osawa 2020, 4.2 and the remark after S.90',
      x: 'damping',
      measured: 'anisotropicPart',
      panelBy: ['width'],
      seriesBy: 'depth',
      xLabel: 'damping ρ',
      yLabel: '‖JΔθ − αg‖/‖g‖',
      xScale: 'log',
      yScale: 'log',
    },
  ],
  refuse: (params) => wideNetworkRefusal({ ...params, approximation: 'block-tridiagonal' }),
};
