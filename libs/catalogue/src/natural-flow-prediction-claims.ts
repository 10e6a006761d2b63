import type { Claim, Measurement } from './declaration.ts';
import { isSmooth, judgeSlope } from './judge-slope.ts';
import { atLargest, metricOf, valuesOfEvery, verdict } from './judging.ts';
import { slopesAgainst } from './slopes.ts';
import { allBut, formatSpread, groupBy, spread } from './spread.ts';

/** One trial of several that differ in σ² only: in dimensionless time the network does not depend on it. */
function oncePerNetwork(measurements: readonly Measurement[]): readonly Measurement[] {
  return groupBy(measurements, (m) => [allBut(m, 'noiseVariance'), m.seed]).map((group) => group[0]!);
}

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

export const parametersFollow: Claim = {
  id: 'parameters-follow-linearised',
  statement: 'The parameters follow θ_t = θ_0 − J⁺(1 − e^{−ησ²t})(f_0(X) − Y), the closer the wider the network',
  source: 'Rudner et al. 2019, Proposition 5 with its errors put right',
  judge: (measurements) =>
    judgeSlope(slopesAgainst(oncePerNetwork(measurements.filter(isSmooth)), 'width', 'parameterDiscrepancy'), {
      expected: 'a distance that vanishes with the width, at least as 1/√M',
      threshold: 'mean log-log slope of the distance against width at most −0.4',
      holds: (mean) => mean <= -0.4,
      missing: 'no smooth activation at two widths',
    }),
};

export const printedParameters: Claim = {
  id: 'printed-parameters',
  statement: 'The parameters follow θ_t = (1 − e^{−ησ²t})(J⁺(f_0(X) − Y) + θ_0), as printed',
  source: 'Rudner et al. 2019, eq. 84 and 86, the exponential read as the scalar that it is',
  judge: (measurements) => {
    const relevant = atLargest(measurements, 'width');
    const printed = valuesOfEvery(relevant, 'printedParameterDiscrepancy', Infinity);
    const corrected = valuesOfEvery(relevant, 'parameterDiscrepancy', Infinity);
    const comparable = printed.length > 0 && corrected.every(Number.isFinite);
    return verdict(comparable ? spread(printed).mean <= 1.5 * spread(corrected).mean : undefined, {
      expected: 'at the end a distance no larger than with θ_0 − (1 − e^{−ησ²t})J⁺(f_0(X) − Y)',
      measured: `printed ${formatSpread(printed)}, put right ${formatSpread(corrected)}`,
      threshold: 'at the widest network, mean distance of the printed form at most 1.5 times that of the other',
      missing: printed.length === 0 ? 'no trial' : 'a trial to compare with diverged',
    });
  },
};
