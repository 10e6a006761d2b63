import type { Claim, Measurement } from './declaration.ts';
import { atLargest, having, valuesOf, valuesOfEvery, verdict } from './judging.ts';
import { formatSlopes, slopesAgainst } from './slopes.ts';
import { formatSpread, groupBy, maximum, spread } from './spread.ts';

const entryWise = ['diagonal', 'quasi-diagonal'];
const ruleOf = ({ params }: Measurement): string =>
  params['kfacBias'] === 'separate' ? 'kfac with separate biases' : String(params['approximation']);
const isIsotropic = (m: Measurement): boolean =>
  !['gradient-descent', 'kfac with separate biases', ...entryWise].includes(ruleOf(m));

const isDiverged = ({ outcome }: Measurement): boolean => outcome === 'diverged';

/**
 * Every rule: in steps, where the closed form is exact for the linearised network, by the slope of a distance against width; in flow
 * time by the distance itself, to which finite steps of c add up to c/2e.
 */
function followsWithWidth(texts: { id: string; statement: string; source: string; metric: string }): Claim {
  const { metric, ...rest } = texts;
  return {
    ...rest,
    judge: (measurements) => {
      // a rule without such a theory has the metric in no trial, as has one that always diverges: that counts against the claim
      const known = groupBy(measurements, ruleOf).flatMap((group) =>
        valuesOf(group, metric).length > 0 || group.some(isDiverged) ? group : [],
      );
      const inSteps = groupBy(having(known, { theoryDynamics: 'steps' }), ruleOf).flatMap((group) => {
        const slopes = slopesAgainst(group, 'width', metric);
        return slopes.length === 0 ? [] : [{ rule: ruleOf(group[0]!), slopes }];
      });
      const inFlow = groupBy(atLargest(having(known, { theoryDynamics: 'flow' }), 'width'), ruleOf).map((group) => ({
        rule: ruleOf(group[0]!),
        values: valuesOfEvery(group, metric, Infinity),
      }));
      const holds =
        inSteps.every(({ slopes }) => spread(slopes).mean <= -0.25) &&
        inFlow.every(({ values }) => spread(values).mean <= 0.1);
      return verdict(inSteps.length > 0 && inFlow.length > 0 ? holds : undefined, {
        expected: 'in steps slope −0.5 or steeper; in flow time 0 up to width and step size',
        measured:
          `in steps, against width: ${inSteps.map(({ rule, slopes }) => `${rule} ${formatSlopes(slopes)}`).join('; ')}; ` +
          `in flow time: ${inFlow.map(({ rule, values }) => `${rule} ${formatSpread(values)}`).join('; ')}`,
        threshold:
          'for every rule in steps mean log-log slope of the distance against width at most −0.25, in flow time mean distance at the widest network at most 0.1',
        missing: 'needs rules in steps at two widths and in flow time',
      });
    },
  };
}

export const trainingPointsFollow: Claim = followsWithWidth({
  id: 'training-points-follow',
  statement: 'Every rule follows the dynamics of its coefficient matrix Θ̄ on the training points as the width grows',
  source: 'Karakida & Osawa 2020, eq. 5 and 10, Theorem A.3 (i)',
  metric: 'deviationFromTheory',
});

export const testPointsFollow: Claim = followsWithWidth({
  id: 'test-points-follow',
  statement: 'Every rule follows f_0(x′) + Θ̄(x′, x)Θ̄⁻¹(I − (I − ηΘ̄)^t)(y − f_0) on test points as the width grows',
  source: 'Karakida & Osawa 2020, eq. 5 and 10, Theorem A.3 (ii)',
  metric: 'testDeviationFromTheory',
});

export const analyticTrainingPoints: Claim = followsWithWidth({
  id: 'infinite-width-training-points',
  statement:
    'The kernels of infinite width give the training curves, and (1 − ηα)^t with α = Σ γ_lM_l that of unit-wise',
  source: 'Karakida & Osawa 2020, eq. 10 and 24, appendix E',
  metric: 'deviationFromAnalytic',
});

export const analyticTestPoints: Claim = followsWithWidth({
  id: 'infinite-width-test-points',
  statement: 'The kernels of infinite width give the curves on test points',
  source: 'Karakida & Osawa 2020, eq. 10, 14, 16 and 21, appendix E',
  metric: 'testDeviationFromAnalytic',
});

export const sameDecay: Claim = {
  id: 'same-decay',
  statement: 'At η = c/α every layer-wise and the unit-wise approximation decay alike, as (1 − c)^t',
  source: 'Karakida & Osawa 2020, eq. 12, 16, 21 and 24',
  judge: (measurements) => {
    const inSteps = having(measurements, { theoryDynamics: 'steps' }).filter(isIsotropic);
    const rules = groupBy(inSteps, ruleOf).flatMap((group) => {
      const slopes = slopesAgainst(group, 'width', 'deviationFromIsotropy');
      const widest = valuesOfEvery(atLargest(group, 'width'), 'deviationFromIsotropy', Infinity);
      return slopes.length === 0 ? [] : [{ rule: ruleOf(group[0]!), slopes, widest }];
    });
    const holds = rules.every(({ slopes, widest }) => spread(slopes).mean <= -0.25 && spread(widest).mean <= 0.15);
    return verdict(rules.length > 0 ? holds : undefined, {
      expected: '0 at infinite width, approached as 1/√M',
      measured: rules
        .map(({ rule, slopes, widest }) => `${rule} ${formatSpread(widest)}, ${formatSlopes(slopes)}`)
        .join('; '),
      threshold:
        'for every such rule, mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network ≤ 0.15 and its slope against width ≤ −0.25',
      missing: 'no isotropic rule in steps at two widths',
    });
  },
};

export const entryWiseBetween: Claim = {
  id: 'entry-wise-between-in-training',
  statement:
    'Entry-wise approximations converge faster than gradient descent but not than layer-wise and unit-wise ones',
  source: 'Karakida & Osawa 2020, section 5, comparison with entry-wise FIMs',
  judge: (measurements) => {
    const inSteps = atLargest(having(measurements, { theoryDynamics: 'steps' }), 'width');
    const rates = (some: readonly Measurement[], lost: number) => valuesOfEvery(some, 'contractionPerStep', lost);
    const descent = having(inSteps, { approximation: 'gradient-descent' });
    const euclidean = rates(descent, -Infinity);
    const isotropic = groupBy(inSteps.filter(isIsotropic), ruleOf).map((group) => rates(group, Infinity));
    const between = entryWise.map((rule) => ({
      rule,
      values: rates(having(inSteps, { approximation: rule }), Infinity),
    }));
    const judgeable = euclidean.length > 0 && isotropic.length > 0 && between.every(({ values }) => values.length > 0);
    const slowest = maximum(isotropic.map((values) => spread(values).mean));
    // where gradient descent diverges, anything is faster
    const holds =
      !descent.some(isDiverged) &&
      between.every(({ values }) => spread(values).mean < spread(euclidean).mean && spread(values).mean > slowest);
    return verdict(judgeable ? holds : undefined, {
      expected: 'isotropic < entry-wise < gradient descent',
      measured:
        `contraction of the residual per step: isotropic ${formatSpread(isotropic.flat())}, ` +
        between.map(({ rule, values }) => `${rule} ${formatSpread(values)}`).join(', ') +
        `, gradient descent ${formatSpread(euclidean)}`,
      threshold:
        'mean contraction at the widest network between the slowest isotropic rule and gradient descent, which diverges in no trial, all at c of their best rate',
      missing: 'needs gradient-descent, diagonal, quasi-diagonal and an isotropic rule in steps',
    });
  },
};
