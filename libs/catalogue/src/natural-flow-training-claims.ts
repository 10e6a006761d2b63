import type { Claim } from './declaration.ts';
import { isSmooth, judgeSlope } from './judge-slope.ts';
import { valuesOfEvery, verdict } from './judging.ts';
import { slopesAgainst } from './slopes.ts';
import { formatNumber, maximum } from './spread.ts';

export const trainingCurveExact: Claim = {
  id: 'training-curve-exact',
  statement: 'Natural gradient descent in small steps follows f_t = Y + e^{−ησ²t}(f_0 − Y) on the training points',
  source: 'Rudner et al. 2019, Proposition 1',
  judge: (measurements) =>
    judgeSlope(slopesAgainst(measurements.filter(isSmooth), 'stepSize', 'trainError'), {
      expected: 'an error that falls in proportion to the step size',
      threshold: 'mean log-log slope of the error against the step size between 0.8 and 1.2, smooth activations',
      holds: (mean) => mean >= 0.8 && mean <= 1.2,
      missing: 'no smooth activation at two step sizes',
    }),
};

/** Proposition 1 needs continuous derivatives, which it does not say: a ReLU flow slides along activation boundaries. */
export const reluFollowsToo: Claim = {
  id: 'relu-training-curve-exact',
  statement: 'Proposition 1 holds for any overparameterised network, ReLU networks included',
  source: 'Rudner et al. 2019, Proposition 1 and Assumption 1',
  judge: (measurements) =>
    judgeSlope(
      slopesAgainst(
        measurements.filter(({ params }) => params['activation'] === 'relu'),
        'stepSize',
        'discreteTrainError',
      ),
      {
        expected: 'as for smooth activations: the error beyond (1 − h)^k falls in proportion to the step size',
        threshold: 'mean log-log slope of that error against the step size at least 0.8',
        holds: (mean) => mean >= 0.8,
        missing: 'no ReLU network at two step sizes',
      },
    ),
};

/** The linearised network under steps of size h has the residual (1 − h)^k g_0 exactly. */
export const linearisedAlike: Claim = {
  id: 'linearised-alike-on-training-points',
  statement:
    'On the training points the network and its linearisation are the same throughout: (1 − h)^k in steps of h',
  source: 'Rudner et al. 2019, Corollaries 1 and 4, and footnote 3 without its leading I −',
  judge: (measurements) =>
    judgeSlope(slopesAgainst(measurements.filter(isSmooth), 'stepSize', 'discreteTrainError'), {
      expected: 'a distance that vanishes in proportion to the step size',
      threshold: 'mean log-log slope of the distance against the step size between 0.8 and 1.2, smooth activations',
      holds: (mean) => mean >= 0.8 && mean <= 1.2,
      missing: 'no smooth activation at two step sizes',
    }),
};

export const naturalNtkIdentity: Claim = {
  id: 'natural-ntk-is-identity',
  statement: 'By the generalised inverse the natural NTK on the training points is nσ²I throughout training',
  source: 'Rudner et al. 2019, eq. 13 and 58',
  judge: (measurements) => {
    const errors = valuesOfEvery(measurements, 'naturalNtkError', Infinity);
    return verdict(errors.length > 0 ? errors.every((error) => error <= 1e-6) : undefined, {
      expected: '0',
      measured: `largest entry of Θ^nat/(nσ²) − I: ${formatNumber(maximum(errors))} over ${errors.length} trials`,
      threshold: 'at most 1e-6 in every trial, at every step',
      missing: 'no trial',
    });
  },
};

/** The speed of the network's own outputs against the kernel, not against a linearisation. */
export const naturalNtkMovesTestPoints: Claim = {
  id: 'natural-ntk-moves-test-points',
  statement: 'On test points the outputs move as ḟ(x) = −ηΘ^nat_t(x, X)∇L, with the natural NTK of that time',
  source: 'Rudner et al. 2019, eq. 14 and 16',
  judge: (measurements) =>
    judgeSlope(slopesAgainst(measurements.filter(isSmooth), 'stepSize', 'velocityError'), {
      expected: 'an error of the finite steps, in proportion to the step size',
      threshold: 'mean log-log slope of the error of the velocity against the step size between 0.8 and 1.2',
      holds: (mean) => mean >= 0.8 && mean <= 1.2,
      missing: 'no smooth activation at two step sizes',
    }),
};
