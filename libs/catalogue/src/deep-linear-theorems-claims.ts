import type { Claim, Measurement } from './declaration.ts';
import { having, valuesOfEvery, verdict } from './judging.ts';
import { formatNumber, formatSpread, maximum, minimum } from './spread.ts';

const source = 'Kerekes et al. 2021';
const isWide = (m: Measurement): boolean => Number(m.params['samples']) < Number(m.params['dimension']);
const isTall = (m: Measurement): boolean => !isWide(m);

/** A metric that is at most (or at least) a bound in every trial. */
function bounded(claim: {
  readonly id: string;
  readonly statement: string;
  readonly place: string;
  readonly theorem: string;
  readonly where?: (m: Measurement) => boolean;
  readonly metric: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly detail?: string;
}): Claim {
  const { id, statement, metric, atMost = Infinity, atLeast = -Infinity, detail } = claim;
  return {
    id,
    statement,
    source: `${source}, ${claim.place}`,
    judge: (measurements) => {
      const relevant = having(measurements, { theorem: claim.theorem }).filter(claim.where ?? (() => true));
      const values = valuesOfEvery(relevant, metric, claim.atMost === undefined ? -Infinity : Infinity);
      const [least, most] = [minimum(values), maximum(values)];
      return verdict(values.length > 0 ? most <= atMost && least >= atLeast : undefined, {
        expected: claim.atMost === undefined ? 'clearly positive' : '0',
        measured: `${metric} ${formatSpread(values)}, between ${formatNumber(least)} and ${formatNumber(most)}`,
        threshold:
          claim.atMost === undefined ? `at least ${atLeast} in every trial` : `at most ${atMost} in every trial`,
        missing: `no such trial of theorem ${claim.theorem}`,
        ...(detail === undefined ? {} : { detail }),
      });
    },
  };
}

const cosineOfDepth = (id: string, statement: string, where: (m: Measurement) => boolean, detail?: string): Claim => ({
  id,
  statement,
  source: `${source}, text after Theorem 3`,
  judge: (measurements) => {
    const relevant = having(measurements, { theorem: 'interpolant' }).filter(where);
    const values = valuesOfEvery(relevant, 'interpolantCosine', -Infinity);
    return verdict(values.length > 0 ? minimum(values) >= 0.999 : undefined, {
      expected: 'cosine 1 with X⁺y',
      measured: values.length > 0 ? `cosine ${formatSpread(values)}, least ${formatNumber(minimum(values))}` : '',
      threshold: 'at least 0.999 in every trial',
      missing: 'no such trial of theorem interpolant',
      ...(detail === undefined ? {} : { detail }),
    });
  },
});

export const deepLinearTheoremsClaims: readonly Claim[] = [
  bounded({
    id: 'theorem-1',
    statement: 'For N < D the logits of NGF are invariant under invertible maps of the inputs',
    place: 'Theorem 1',
    theorem: 'invariance',
    where: isWide,
    metric: 'deviation',
    atMost: 1e-6,
  }),
  bounded({
    id: 'theorem-2',
    statement: 'For N ≥ D the separator of NGF is invariant under invertible maps of the inputs, Aᵀβ′ = β',
    place: 'Theorem 2',
    theorem: 'invariance',
    where: isTall,
    metric: 'deviation',
    atMost: 1e-6,
  }),
  bounded({
    id: 'egd-not-invariant',
    statement: 'EGD has no such invariance',
    place: '§3, after Theorem 2',
    theorem: 'invariance',
    metric: 'egdDeviation',
    atLeast: 0.01,
  }),
  bounded({
    id: 'theorem-3',
    statement: 'In linear models with N < D the logits follow an asymptotically linear trajectory along the labels',
    place: 'Theorem 3',
    theorem: 'logits',
    where: (m) => m.params['model'] === 'diagonal',
    metric: 'deviation',
    atMost: 0.05,
  }),
  bounded({
    id: 'theorem-4',
    statement: 'In over-parametrised non-linear networks the logits follow the same trajectory along the labels',
    place: 'Theorem 4',
    theorem: 'logits',
    where: (m) => m.params['model'] === 'network',
    metric: 'deviation',
    atMost: 0.05,
  }),
  bounded({
    id: 'logits-proportional-to-labels',
    statement: 'The logits end proportional to the labels',
    place: 'Theorems 3 and 4',
    theorem: 'logits',
    metric: 'logitSpread',
    atMost: 0.1,
  }),
  cosineOfDepth(
    'pseudo-inverse-finds-ols',
    'With the pseudo-inverse the direct parametrisation converges in direction to the least-squares solution',
    (m) => m.params['depth'] === 1,
  ),
  cosineOfDepth(
    'pseudo-inverse-finds-ols-at-any-depth',
    'With the pseudo-inverse deep parametrisations converge in direction to the least-squares solution as well',
    (m) => Number(m.params['depth']) >= 2,
    'The training logits agree; β itself has D − N free directions, in which the metric of the layers moves it.',
  ),
  bounded({
    id: 'margin-separator-not-invariant',
    statement: 'The ℓ2 large-margin separator is not invariant under invertible maps',
    place: 'App. D',
    theorem: 'margin-transform',
    metric: 'deviation',
    atLeast: 0.01,
  }),
  bounded({
    id: 'printed-margin-separators',
    statement: 'β* = (0, −1/3) and β′* = (−1/4, 0) are the ℓ2 large-margin separators of the counterexample',
    place: 'App. D',
    theorem: 'margin-transform',
    metric: 'printedDistance',
    atMost: 1e-6,
    detail: 'They are the ℓ1 separators; the ℓ2 ones are (2, −3)/13 and (−1/5, −1/10). The conclusion stands.',
  }),
  bounded({
    id: 'ols-invariance',
    statement: 'Least squares has the invariance of NGF: equal predictions for N < D, Aᵀβ′ = β for N ≥ D',
    place: 'App. G',
    theorem: 'ols-transform',
    metric: 'deviation',
    atMost: 1e-6,
  }),
];
