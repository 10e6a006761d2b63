import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { formatNumber } from './spread.ts';
import { metricOf, undecided } from './verdicts.ts';
import { wideNetworkParameters } from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.extend({
  dataset: wideNetworkParameters.shape.dataset.unwrap().default('gaussian').describe('training data'),
});

const depthOf = ({ params }: Measurement): number => Number(params['depth']);
const listDepths = (measurements: readonly Measurement[]): string =>
  [...new Set(measurements.map(depthOf))].sort((a, b) => a - b).join(', ');
const regular = (m: Measurement): boolean => depthOf(m) % 3 !== 2;

const alphaOfDepth: Claim = {
  id: 'alpha-of-depth',
  statement: 'For L = 3s and L = 3s + 1 the block-tridiagonal gradient is isotropic with α = s and α = s + 1',
  source: 'Karakida & Osawa 2020, Lemma 4.3',
  judge: (measurements) => {
    const expected = 's and s + 1';
    const threshold = '|α − lemma| and the anisotropic part below 0.001 in every trial';
    const relevant = measurements.filter(regular);
    if (relevant.length === 0) return undecided(expected, threshold, 'no depth of the form 3s or 3s + 1');
    const off = relevant.map((m) =>
      Math.max(
        Math.abs((metricOf(m, 'alpha') ?? Infinity) - Math.ceil(depthOf(m) / 3)),
        metricOf(m, 'anisotropicPart') ?? Infinity,
      ),
    );
    return {
      status: Math.max(...off) <= 0.001 ? 'reproduced' : 'not reproduced',
      expected,
      measured: `largest error ${formatNumber(Math.max(...off))} over depths ${listDepths(relevant)}`,
      threshold,
    };
  },
};

const positiveDefinite: Claim = {
  id: 'sigma-positive-definite',
  statement: 'For L = 3s and L = 3s + 1 the matrix Σ is positive definite',
  source: 'Karakida & Osawa 2020, Lemma 4.3 and Theorem 4.1',
  judge: (measurements) => {
    const expected = 'no negative eigenvalue';
    const threshold = 'smallest eigenvalue of Σ above 0 at every such depth';
    const relevant = measurements.filter(regular);
    if (relevant.length === 0) return undecided(expected, threshold, 'no depth of the form 3s or 3s + 1');
    const indefinite = relevant.filter((m) => !((metricOf(m, 'smallestCouplingEigenvalue') ?? -Infinity) > 0));
    return {
      status: indefinite.length === 0 ? 'reproduced' : 'not reproduced',
      expected,
      measured: indefinite.length === 0 ? 'none' : `Σ is indefinite at depths ${listDepths(indefinite)}`,
      threshold,
    };
  },
};

const singularDepths: Claim = {
  id: 'sigma-singular',
  statement: 'Σ is singular exactly for L = 3s + 2',
  source: 'Karakida & Osawa 2020, Lemma 4.3',
  judge: (measurements) => {
    const expected = 'one zero eigenvalue at L = 3s + 2, none elsewhere';
    const threshold = 'at every depth';
    if (!measurements.some(regular) || measurements.every(regular))
      return undecided(expected, threshold, 'needs depths of the form 3s + 2 and others');
    const wrong = measurements.filter((m) => metricOf(m, 'zeroCouplingEigenvalues') !== Number(!regular(m)));
    return {
      status: wrong.length === 0 ? 'reproduced' : 'not reproduced',
      expected,
      measured: wrong.length === 0 ? `at all depths ${listDepths(measurements)}` : `not at depths ${listDepths(wrong)}`,
      threshold,
    };
  },
};

const noLimit: Claim = {
  id: 'no-limit-at-singular-depth',
  statement:
    'For singular Σ, as at L = 3s + 2, instability as ρ → 0 “seems essentially unavoidable”, read as: no isotropic limit',
  source: 'Karakida & Osawa 2020, 4.2 and the remark on singular Σ after S.90',
  judge: (measurements) => {
    const expected = 'no finite isotropic response';
    const threshold = 'anisotropic part above 0.1 in at least half of the trials of such depths';
    const relevant = measurements.filter((m) => !regular(m));
    if (relevant.length === 0) return undecided(expected, threshold, 'no depth of the form 3s + 2');
    const unstable = relevant.filter((m) => !((metricOf(m, 'anisotropicPart') ?? Infinity) <= 0.1));
    const alphas = [
      ...new Set(relevant.map((m) => `L = ${depthOf(m)}: α = ${formatNumber(metricOf(m, 'alpha') ?? NaN)}`)),
    ];
    return {
      status: 2 * unstable.length >= relevant.length ? 'reproduced' : 'not reproduced',
      expected,
      measured: `${unstable.length} of ${relevant.length} trials`,
      threshold,
      detail: alphas.join('; '),
    };
  },
};

/** Lemma 4.3 of Karakida & Osawa 2020, on the matrix Σ and on the response of real networks. */
export const tridiagonalCoupling: ExperimentDeclaration<typeof parameters> = {
  name: 'tridiagonal-coupling',
  version: 1,
  title: 'Isotropy of the block-tridiagonal natural gradient at damping 0 for every depth',
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
    negativeCouplingEigenvalues: { description: 'of Σ', unit: '1' },
    zeroCouplingEigenvalues: { description: 'of Σ', unit: '1' },
    droppedDirections: { description: 'null directions of the layer kernels that were left out', unit: '1' },
  },
  traces: {},
  claims: [alphaOfDepth, positiveDefinite, singularDepths, noLimit],
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
      xLabel: 'depth L',
      yLabel: 'α',
      xScale: 'linear',
      yScale: 'linear',
    },
  ],
};
