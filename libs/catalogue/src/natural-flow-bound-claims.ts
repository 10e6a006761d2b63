import type { Claim, Measurement } from './declaration.ts';
import { isSmooth, judgeSlope } from './judge-slope.ts';
import { atLargest, metricOf, valuesOfEvery, verdict } from './judging.ts';
import { formatSlopes, slopesAgainst } from './slopes.ts';
import { formatSpread, spread } from './spread.ts';

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

/** Any wrong factor between the natural NTK and the distance shows here, where the bound is too loose to show it. */
export const distanceIsKernelDrift: Claim = {
  id: 'distance-is-kernel-drift',
  statement:
    'The distance is the integral of the drift of the natural NTK, ∫ (Θ^nat_s − Θ^nat_0) g_s ds η/n, an identity',
  source: 'Rudner et al. 2019, eq. 119 of the proof of Theorem 1',
  judge: (measurements) => {
    const errors = valuesOfEvery(measurements.filter(isSmooth), 'integralError', Infinity);
    return verdict(errors.length > 0 ? spread(errors).mean <= 0.15 : undefined, {
      expected: 'equal up to the finite steps',
      measured: `relative distance of the two ${formatSpread(errors)}`,
      threshold: 'mean over the trials of smooth activations at most 0.15',
      missing: 'no smooth activation',
    });
  },
};

export const kernelMovementBounded: Claim = {
  id: 'natural-ntk-movement-bounded',
  statement: 'The movement of the natural NTK, ‖Θ^nat_0(x, X) − Θ^nat_t(x, X)‖, stays below its bound',
  source: 'Rudner et al. 2019, Lemma 1 (and 2, with λ_min for its λ_max as its proof ends)',
  judge: (measurements) => {
    const ratios = valuesOfEvery(measurements, 'kernelMovementRatio', Infinity);
    return verdict(ratios.length > 0 ? ratios.every((ratio) => ratio <= 1) : undefined, {
      expected: 'movement/bound ≤ 1 throughout',
      measured: `largest ratio per trial ${formatSpread(ratios)}`,
      threshold: 'in every trial',
      missing: 'no trial',
    });
  },
};

export const boundStepsHold: Claim = {
  id: 'steps-of-the-bound-hold',
  statement: 'Distance ≤ ‖f_0 − Y‖ ∫ ‖Θ^nat_0 − Θ^nat_s‖ e^{−ησ²s} ds η/n ≤ the bound of Theorem 1',
  source: 'Rudner et al. 2019, eq. 125 and 127',
  judge: (measurements) => {
    const lower = valuesOfEvery(measurements, 'kernelBoundRatio', Infinity);
    const upper = valuesOfEvery(measurements, 'kernelBoundOverBound', Infinity);
    const holds = [...lower, ...upper].every((ratio) => ratio <= 1);
    return verdict(lower.length > 0 ? holds : undefined, {
      expected: 'both ratios ≤ 1 throughout',
      measured: `distance over integral ${formatSpread(lower)}, integral over bound ${formatSpread(upper)}`,
      threshold: 'in every trial',
      missing: 'no trial',
      detail: 'the first ratio says how tight the proof is before Lemma 1, the second what Lemma 1 gives away',
    });
  },
};

/** J_s → J_0 and λ_min(G_s) → λ_min(G_0), so that only the first two terms of Lemma 1 are left. */
export const tendsToStillBound: Claim = {
  id: 'bound-of-infinite-width',
  statement:
    'As the width grows the bound tends to 2‖f_0 − Y‖√(λ_max(G_0(x))/λ_min(G_0(X)))(1 − e^{−ησ²t}), that of a network at rest',
  source: 'Rudner et al. 2019, Theorem 1 with J_s → J_0',
  judge: (measurements) => {
    const departures = measurements.map((m) => {
      const ratio = metricOf(m, 'boundOverStill');
      return { ...m, metrics: { departure: ratio === undefined ? null : Math.abs(ratio - 1) } };
    });
    const slopes = slopesAgainst(departures.filter(isSmooth), 'width', 'departure');
    const others = slopesAgainst(
      departures.filter((m) => !isSmooth(m)),
      'width',
      'departure',
    );
    const widest = valuesOfEvery(atLargest(measurements, 'width'), 'boundOverStill', Infinity);
    const holds = spread(slopes).mean <= -0.25 && Math.abs(spread(widest).mean - 1) <= 0.25;
    return verdict(slopes.length > 0 ? holds : undefined, {
      expected: 'ratio 1, approached as 1/√M',
      measured: `ratio ${formatSpread(widest)} at the widest network, |ratio − 1| against width: ${formatSlopes(slopes)}`,
      threshold:
        'mean log-log slope of |ratio − 1| at most −0.25 for smooth activations, mean ratio at the widest network within 0.25 of 1',
      missing: 'no smooth activation at two widths',
      detail:
        others.length > 0
          ? `activations with a kink, whose Jacobian settles later: ${formatSlopes(others)}`
          : undefined,
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
