import type { Claim, Measurement } from './declaration.ts';
import { judgeSlope } from './judge-slope.ts';
import { atLargest, having, valuesOfEvery, verdict } from './judging.ts';
import { formatSlopes, slopesAgainst } from './slopes.ts';
import { formatSpread, groupBy, spread } from './spread.ts';

const descent = { approximation: 'gradient-descent' };
const ruleOf = ({ params }: Measurement): string => String(params['approximation']);
const isOther = (m: Measurement): boolean => !['gradient-descent', 'exact'].includes(ruleOf(m));

export const approachesLinearisedLimit: Claim = {
  id: 'limit-of-linearised',
  statement:
    'As t → ∞ natural gradient descent tends to f_0(x) + K(Y − f_0(X)), K = Θ^nat_0(x, X)/(nσ²), on test points',
  source: 'Rudner et al. 2019, Corollaries 2 and 5 with 1/(nσ²) in place of 1/n',
  judge: (measurements) =>
    judgeSlope(slopesAgainst(having(measurements, { approximation: 'exact' }), 'width', 'limitDeviation'), {
      expected: 'a distance from that limit that vanishes with the width, at least as 1/√M',
      threshold: 'mean log-log slope of the distance against width at most −0.4',
      holds: (mean) => mean <= -0.4,
      missing: 'no trial of exact at two widths',
    }),
};

/** Of two networks that are trained for real, each to its end: no closed form enters. */
export const sharesLimit: Claim = {
  id: 'same-limit-as-gradient-descent',
  statement: 'The linearised limits of natural and of Euclidean gradient descent are one: they predict alike',
  source: 'Rudner et al. 2019, remark after Corollary 2',
  judge: (measurements) =>
    judgeSlope(slopesAgainst(having(measurements, descent), 'width', 'distanceFromNatural'), {
      expected: 'a distance between the trained networks on test points that vanishes with the width, at least as 1/√M',
      threshold: 'mean log-log slope of the distance against width at most −0.4',
      holds: (mean) => mean <= -0.4,
      missing: 'no trial of gradient-descent at two widths',
    }),
};

export const sameMinimum: Claim = {
  id: 'same-minimum-as-gradient-descent',
  statement: 'Gradient descent and the exact natural gradient end in the same model and at the same parameters',
  source: 'Karakida & Osawa 2020, eq. 14',
  judge: (measurements) => {
    const relevant = having(measurements, descent);
    const [outputs, parameters] = ['distanceFromNatural', 'parameterDistanceFromExact'].map((metric) =>
      slopesAgainst(relevant, 'width', metric),
    ) as [number[], number[]];
    const holds = spread(outputs).mean <= -0.25 && spread(parameters).mean <= -0.25;
    return verdict(outputs.length > 0 ? holds : undefined, {
      expected: 'distances that vanish with the width, as 1/√M',
      measured: `on test points ${formatSlopes(outputs)}, in the parameters ${formatSlopes(parameters)}`,
      threshold: 'mean log-log slope of each distance against width at most −0.25',
      missing: 'no trial of gradient-descent at two widths',
    });
  },
};

export const convergesToEachMinimum: Claim = {
  id: 'minimum-of-each-metric',
  statement:
    'Every rule ends at the minimum of its own metric, θ_∞ = θ_0 − G_0⁻¹J_0ᵀ(f_0 − y)/(αN), and gradient descent at that of the exact rule',
  source: 'Karakida & Osawa 2020, eq. 14 and 22',
  judge: (measurements) => {
    const rules = groupBy(measurements, ruleOf).flatMap((group) => {
      const slopes = slopesAgainst(group, 'width', 'parameterDeviation');
      return slopes.length === 0 ? [] : [{ rule: ruleOf(group[0]!), slopes }];
    });
    return verdict(rules.length > 0 ? rules.every(({ slopes }) => spread(slopes).mean <= -0.25) : undefined, {
      expected: 'slope −0.5',
      measured: rules.map(({ rule, slopes }) => `${rule} ${formatSlopes(slopes)}`).join('; '),
      threshold: 'for every rule, mean log-log slope of the distance from that minimum against width at most −0.25',
      missing: 'no rule at two widths',
    });
  },
};

/** How far each of the other rules ends from the exact one, against how far from its own limit, which is for a finite width. */
function differing(texts: { id: string; statement: string; source: string; apart: string; own: string }): Claim {
  const { apart, own, ...rest } = texts;
  return {
    ...rest,
    judge: (measurements) => {
      const rules = groupBy(atLargest(measurements, 'width').filter(isOther), ruleOf).map((group) => ({
        rule: ruleOf(group[0]!),
        apart: valuesOfEvery(group, apart, 0),
        own: valuesOfEvery(group, own, Infinity),
      }));
      const differ = rules.every((each) => spread(each.apart).mean >= 3 * spread(each.own).mean);
      return verdict(rules.length > 0 ? differ : undefined, {
        expected: 'a distance that is more than that of finite width',
        measured: rules
          .map((each) => `${each.rule} ${formatSpread(each.apart)}, from its own limit ${formatSpread(each.own)}`)
          .join('; '),
        threshold:
          'at the widest network, for each rule, mean distance from the exact natural gradient at least 3 times that from its own limit',
        missing: 'no layer-wise rule but the exact one',
      });
    },
  };
}

export const minimaDiffer: Claim = differing({
  id: 'minima-differ',
  statement: 'The layer-wise approximations end at other global minima than the exact natural gradient',
  source: 'Karakida & Osawa 2020, 4.4, solution in the parameter space',
  apart: 'parameterDistanceFromExact',
  own: 'parameterDeviation',
});

export const predictionsDiffer: Claim = differing({
  id: 'predictions-differ',
  statement: 'Predictions on test samples vary from one approximation to another',
  source: 'Karakida & Osawa 2020, 4.4, prediction on test samples',
  apart: 'distanceFromNatural',
  own: 'limitDeviation',
});
