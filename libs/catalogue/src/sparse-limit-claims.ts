import type { Claim, Measurement } from './declaration.ts';
import { having, metricOf, valuesOfEvery, verdict } from './judging.ts';
import { egd, isWide, source } from './sparse-comparisons.ts';
import { formatNumber, formatSpread, groupBy, spread } from './spread.ts';

const limitOfOne: Claim = {
  id: 'step-rule-reaches-the-margin-limit',
  statement:
    'The curvature step rule, which replaces 2 million steps, ends at the large-margin separator of EGD (L = 1)',
  source: `${source}, §2.1; natsweep`,
  judge: (measurements) => {
    const values = valuesOfEvery(having(measurements.filter(isWide), egd(1)), 'marginRatio', -Infinity);
    return verdict(values.length > 0 ? Math.min(...values) >= 0.95 : undefined, {
      expected: '1',
      measured: `ℓ2 margin over its upper bound ${formatSpread(values)}`,
      threshold: 'at least 0.95 in every trial with N < D',
      missing: 'no EGD trial of depth 1 with N < D',
    });
  },
};

const limitOfTwo: Claim = {
  id: 'step-rule-reaches-the-sparse-limit',
  statement: 'It ends as accurate as the ℓ1 large-margin separator, the limit of EGD through two layers',
  source: `${source}, §2.1; natsweep`,
  judge: (measurements) => {
    const solved = having(measurements, egd(2)).filter((m) => metricOf(m, 'largeMarginAccuracy') !== undefined);
    const gaps = solved.map((m) => (metricOf(m, 'accuracy') ?? Infinity) - metricOf(m, 'largeMarginAccuracy')!);
    const cosines = valuesOfEvery(solved, 'largeMarginCosine', -Infinity);
    return verdict(gaps.length > 0 ? spread(gaps.map(Math.abs)).mean <= 0.02 : undefined, {
      expected: 'no difference',
      measured: `difference ${formatSpread(gaps)}; cosine with that separator ${formatSpread(cosines)}`,
      threshold: 'mean absolute difference of accuracy at most 0.02',
      missing: 'no separating EGD trial of depth 2 on data small enough to solve for the limit',
      detail: 'The direction itself converges as the logarithm of the margins',
    });
  },
};

const limitOfMore: Claim = {
  id: 'step-rule-reaches-a-stationary-margin',
  statement: 'Through three and more layers it ends at a first-order stationary point of the ℓ_{2/L} margin',
  source: `${source}, §2.1 with Gunasekar et al. 2018; natsweep`,
  judge: (measurements) => {
    const depths = [...new Set(measurements.map((m) => Number(m.params['depth'])))].filter((depth) => depth >= 3);
    const values = depths.flatMap((depth) =>
      valuesOfEvery(having(measurements.filter(isWide), egd(depth)), 'marginStationarity', -Infinity),
    );
    return verdict(values.length > 0 ? spread(values).mean >= 0.95 : undefined, {
      expected: 'cosine 1 of the first-order condition on the support',
      measured: `cosine ${formatSpread(values)}, least ${formatNumber(Math.min(...values))}`,
      threshold: 'mean at least 0.95 over trials with N < D and L ≥ 3',
      missing: 'no EGD trial of depth 3 or more with N < D',
    });
  },
};

const samePath: Claim = {
  id: 'step-rules-follow-one-path',
  statement: 'It passes through the same separators as constant steps from the same start',
  source: 'natsweep',
  judge: (measurements) => {
    const rules = having(measurements, { method: 'egd', start: 'gaussian' });
    const key = (m: Measurement) => [
      m.seed,
      ...['depth', 'dimension', 'nonZero', 'samples', 'initialScale'].map((name) => m.params[name]),
    ];
    const gaps = groupBy(rules, key).flatMap((group) => {
      const at = (stepRule: string) => having(group, { stepRule }).map((m) => metricOf(m, 'accuracyAtLoss'));
      const [[curvature], [constant]] = [at('curvature'), at('constant')];
      return curvature === undefined || constant === undefined ? [] : [Math.abs(curvature - constant)];
    });
    return verdict(gaps.length > 0 ? spread(gaps).mean <= 0.01 : undefined, {
      expected: 'equal accuracy at equal loss',
      measured: `difference ${formatSpread(gaps, 'pairs')}, at most ${formatNumber(Math.max(...gaps))}`,
      threshold: 'mean difference at a mean loss of 0.03 at most 0.01, over pairs of which both reach it',
      missing: 'no pair of EGD trials that differ in the step rule alone and reach a loss of 0.03',
    });
  },
};

/** That the step rule used in place of the paper's 2 million steps has the same path and the same limits. */
export const sparseLimitClaims: readonly Claim[] = [limitOfOne, limitOfTwo, limitOfMore, samePath];
