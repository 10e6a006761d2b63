import type { Claim, Measurement } from './declaration.ts';
import { having, metricOf, valuesOfEvery, verdict } from './judging.ts';
import { egd, isWide, source } from './sparse-comparisons.ts';
import { formatNumber, formatSpread, groupBy, maximum, minimum, spread } from './spread.ts';

const limitOfOne: Claim = {
  id: 'step-rule-reaches-the-margin-limit',
  statement:
    'The curvature step rule, which replaces 2 million steps, ends at the large-margin separator of EGD (L = 1)',
  source: `${source}, §2.1; natsweep`,
  judge: (measurements) => {
    const values = valuesOfEvery(having(measurements.filter(isWide), egd(1)), 'marginRatio', -Infinity);
    return verdict(values.length > 0 ? minimum(values) >= 0.95 : undefined, {
      expected: '1',
      measured: `ℓ2 margin over its upper bound ${formatSpread(values)}`,
      threshold: 'at least 0.95 in every trial with N < D',
      missing: 'no EGD trial of depth 1 with N < D',
    });
  },
};

/** accuracy − that of the ℓ_{2/L} large-margin separator, where the data were small enough to solve for it. */
function gapsToLimit(measurements: readonly Measurement[]) {
  const solved = measurements.filter((m) => metricOf(m, 'largeMarginAccuracy') !== undefined);
  const gaps = solved.map((m) => (metricOf(m, 'accuracy') ?? Infinity) - metricOf(m, 'largeMarginAccuracy')!);
  return { gaps, cosines: valuesOfEvery(solved, 'largeMarginCosine', -Infinity) };
}

const meanSize = (values: readonly number[]): number => spread(values.map(Math.abs)).mean;

const limitOfTwo: Claim = {
  id: 'step-rule-reaches-the-sparse-limit',
  statement: 'It ends as accurate as the ℓ1 large-margin separator, the limit of EGD through two layers',
  source: `${source}, §2.1; natsweep`,
  judge: (measurements) => {
    const { gaps, cosines } = gapsToLimit(having(measurements, egd(2)));
    return verdict(gaps.length > 0 ? meanSize(gaps) <= 0.02 : undefined, {
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
  statement:
    'Through three and more layers it ends near a first-order stationary point of the ℓ_{2/L} margin, and as accurate as ' +
    'the local ℓ_{2/L} large-margin separator below it',
  source: `${source}, §2.1 with Gunasekar et al. 2018; natsweep`,
  judge: (measurements) => {
    const depths = [...new Set(measurements.map((m) => Number(m.params['depth'])))].filter((depth) => depth >= 3);
    const trials = depths.flatMap((depth) => having(measurements.filter(isWide), egd(depth)));
    const values = valuesOfEvery(trials, 'marginStationarity', -Infinity);
    const { gaps, cosines } = gapsToLimit(trials);
    const isAsAccurate = gaps.length === 0 || meanSize(gaps) <= 0.02;
    const solved = gaps.length === 0 ? '' : `; difference ${formatSpread(gaps)}, cosine ${formatSpread(cosines)}`;
    return verdict(values.length > 0 ? spread(values).mean >= 0.95 && isAsAccurate : undefined, {
      expected: 'cosine 1 of the first-order condition on the support, no difference of accuracy',
      measured: `first-order condition ${formatSpread(values)}, least ${formatNumber(minimum(values))}${solved}`,
      threshold:
        'over trials with N < D and L ≥ 3, mean of the condition at least 0.95, and mean absolute difference of accuracy ' +
        'at most 0.02 where data were small enough to solve for the separator',
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
      measured: `difference ${formatSpread(gaps, 'pairs')}, at most ${formatNumber(maximum(gaps))}`,
      threshold: 'mean difference at a mean loss of 0.03 at most 0.01, over pairs of which both reach it',
      missing: 'no pair of EGD trials that differ in the step rule alone and reach a loss of 0.03',
    });
  },
};

const settled: Claim = {
  id: 'accuracies-have-settled',
  statement: 'The steps taken are enough: over the last half of them no method at any depth changes its accuracy',
  source: 'natsweep',
  judge: (measurements) => {
    const fromZero = having(measurements, { start: 'zero' }).filter(({ params }) => params['method'] !== 'ngf');
    const arms = groupBy(fromZero, (m) => [m.params['method'], m.params['depth']]).flatMap((arm) => {
      const changes = valuesOfEvery(arm, 'accuracyChange', Infinity).map(Math.abs);
      return changes.length === 0 ? [] : [{ arm: arm[0]!, changes }];
    });
    const worst = arms.toSorted((a, b) => spread(b.changes).mean - spread(a.changes).mean)[0];
    return verdict(worst && spread(worst.changes).mean <= 0.01, {
      expected: 'no change',
      measured: worst
        ? `most for ${String(worst.arm.params['method'])}, L = ${Number(worst.arm.params['depth'])}: ` +
          formatSpread(worst.changes)
        : '',
      threshold: 'mean absolute change at most 0.01 for every method and depth from zero',
      missing: 'no EGD or NGD trial from zero',
    });
  },
};

/** That the step rule used in place of the paper's 2 million steps has the same path and the same limits. */
export const sparseLimitClaims: readonly Claim[] = [limitOfOne, limitOfTwo, limitOfMore, samePath, settled];
