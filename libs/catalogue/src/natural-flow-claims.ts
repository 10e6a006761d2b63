import type { Claim, Measurement, Verdict } from './declaration.ts';
import { atLargest, metricOf, verdict } from './judging.ts';
import { formatSlopes, slopesAgainst } from './slopes.ts';
import { allBut, formatSpread, groupBy, spread } from './spread.ts';

const isSmooth = ({ params }: Measurement): boolean =>
  params['activation'] === 'tanh' || params['activation'] === 'erf';

function judgeSlope(
  slopes: readonly number[],
  { holds, ...texts }: { expected: string; threshold: string; holds: (mean: number) => boolean; missing: string },
): Verdict {
  return verdict(slopes.length > 0 ? holds(spread(slopes).mean) : undefined, {
    ...texts,
    measured: formatSlopes(slopes),
  });
}

/** One trial of several that differ in σ² only: in dimensionless time the network does not depend on it. */
function oncePerNetwork(measurements: readonly Measurement[]): readonly Measurement[] {
  return groupBy(measurements, (m) => [allBut(m, 'noiseVariance'), m.seed]).map((group) => group[0]!);
}

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

export const linearisedPredicts: Claim = {
  id: 'linearised-predicts-test-points',
  statement:
    'f_0 − K(1 − e^{−ησ²t})(f_0(X) − Y), K = J(x)Jᵀ(JJᵀ)⁻¹, predicts test points, the better the wider the network',
  source: 'Rudner et al. 2019, Proposition 2 with coefficient K',
  judge: (measurements) =>
    judgeSlope(slopesAgainst(oncePerNetwork(measurements.filter(isSmooth)), 'width', 'discrepancy'), {
      expected: 'a discrepancy that vanishes with the width, at least as 1/√M',
      threshold: 'mean log-log slope of the discrepancy against width at most −0.4',
      holds: (mean) => mean <= -0.4,
      missing: 'no smooth activation at two widths',
    }),
};

export const printedCoefficient: Claim = {
  id: 'printed-coefficient',
  statement:
    'The solution on test points as printed, with coefficient σ²K, is that of natural gradient descent for any σ²',
  source: 'Rudner et al. 2019, eq. 17 and 87',
  judge: (measurements) => {
    const relevant = atLargest(measurements, 'width').filter(({ params }) => params['noiseVariance'] !== 1);
    const printed = relevant.map((m) => metricOf(m, 'printedDiscrepancy') ?? Infinity);
    const corrected = relevant.map((m) => metricOf(m, 'discrepancy') ?? Infinity);
    const comparable = relevant.length > 0 && corrected.every(Number.isFinite);
    return verdict(comparable ? spread(printed).mean <= 1.5 * spread(corrected).mean : undefined, {
      expected: 'at σ² ≠ 1 a discrepancy no larger than with coefficient K',
      measured: `printed ${formatSpread(printed)}, with coefficient K ${formatSpread(corrected)}`,
      threshold: 'at the widest network, mean discrepancy of the printed form at most 1.5 times that of coefficient K',
      missing: relevant.length === 0 ? 'no trial with noiseVariance other than 1' : 'a trial to compare with diverged',
    });
  },
};

export const boundHolds: Claim = {
  id: 'bound-holds',
  statement: 'The distance between network and linearised network stays below the bound at all times',
  source: 'Rudner et al. 2019, Theorem 1',
  judge: (measurements) => {
    const ratios = measurements.map((m) => metricOf(m, 'boundRatio') ?? Infinity);
    return verdict(ratios.length > 0 ? ratios.every((ratio) => ratio <= 1) : undefined, {
      expected: 'discrepancy/bound ≤ 1 throughout',
      measured: `largest ratio per trial ${formatSpread(ratios)}`,
      threshold: 'in every trial',
      missing: 'no trial',
    });
  },
};

export const corollaryHolds: Claim = {
  id: 'converged-bound-holds',
  statement: 'At the end the distance is below 3‖f_0 − Y‖√(λ_max(G_0(x))/λ_min(G_0(X)))',
  source: 'Rudner et al. 2019, Corollary 7',
  judge: (measurements) => {
    // a network that diverged moved its Jacobian without bound
    const isWithin = (m: Measurement): boolean => (metricOf(m, 'jacobianMovement') ?? Infinity) <= 1;
    const relevant = measurements.filter(isWithin);
    const outside = measurements.filter((m) => !isWithin(m));
    const diverged = outside.filter(({ outcome }) => outcome === 'diverged').length;
    const leftOut = `${outside.length} of ${measurements.length} trials whose Jacobian moved further, ${diverged} of them diverged`;
    const ratios = relevant.map((m) => metricOf(m, 'convergedBoundRatio') ?? Infinity);
    const growing = relevant.filter((m) => (metricOf(m, 'gramShrinkage') ?? 0) >= 1).length;
    return verdict(ratios.length > 0 ? ratios.every((ratio) => ratio <= 1) : undefined, {
      expected: 'discrepancy/bound ≤ 1',
      measured: formatSpread(ratios),
      threshold: 'in every trial that meets ‖J_0 − J_s‖ ≤ ‖J_0‖',
      missing: `no trial meets the assumption: ${leftOut}`,
      detail:
        `left out: ${leftOut}; the other assumption, as the proof uses it (λ_min(G_s) ≥ λ_min(G_0)), ` +
        `holds in ${growing} of the ${relevant.length} others`,
    });
  },
};

export const boundTight: Claim = {
  id: 'bound-tight-at-infinite-width',
  statement: 'The bound is tight in the infinite-width limit',
  source: 'Rudner et al. 2019, section 4 after Corollary 3',
  judge: (measurements) =>
    judgeSlope(slopesAgainst(measurements, 'width', 'boundRatio'), {
      expected: 'discrepancy/bound does not fall with the width',
      threshold: 'mean log-log slope of the ratio against width at least −0.1',
      holds: (mean) => mean >= -0.1,
      missing: 'no two widths',
    }),
};
