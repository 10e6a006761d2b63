import type { Claim, Measurement } from './declaration.ts';
import { allBut, formatNumber, formatSpread, groupBy, logLogSlope, spread } from './spread.ts';
import { metricOf, undecided } from './verdicts.ts';

const isNatural = (m: Measurement): boolean => m.params['approximation'] !== 'gradient-descent';

/** Block-diagonal NGD: ‖g_t‖ = |1 − Lη|^t ‖g_0‖. Judged at the widest network, where the finite-width error is least. */
export const followsIsotropicDecay: Claim = {
  id: 'block-diagonal-decay',
  statement: 'Block-diagonal natural gradient descent at η = c/L follows (1 − c)^t, that is (1 − Lη)^t',
  source: 'Karakida & Osawa 2020, eq. 18 and Fig. 1(a)',
  judge: (measurements) => {
    const threshold = 'mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network ≤ 0.1';
    const expected = '0 at infinite width, c/√M at width M';
    const relevant = measurements.filter(
      (m) => m.params['approximation'] === 'block-diagonal' && m.params['damping'] === 0,
    );
    const widest = Math.max(...relevant.map((m) => Number(m.params['width'])));
    const deviations = relevant
      .filter((m) => m.params['width'] === widest)
      .map((m) => metricOf(m, 'deviationFromTheory') ?? Infinity);
    if (deviations.length === 0) return undecided(expected, threshold, 'no block-diagonal trial with damping 0');
    return {
      status: spread(deviations).mean <= 0.1 ? 'reproduced' : 'not reproduced',
      expected,
      measured: `${formatSpread(deviations)} at width ${widest}`,
      threshold,
    };
  },
};

/**
 * Paired by seed: same weights, data and target. Of several gradient-descent rates the best counts, at or below 1/λ_max.
 * Only damping 0 is isotropic; what damping does to each rule stands in the detail.
 */
export const outpacesGradientDescent: Claim = {
  id: 'fewer-steps-than-gradient-descent',
  statement: 'Isotropic rules (damping 0) reach a given loss in fewer steps than gradient descent at 1/λ_max(Θ)',
  source: 'Karakida & Osawa 2020, 4.1 and Fig. 1(a)',
  judge: (measurements) => {
    const threshold = 'every pair of equal depth, width and seed';
    const expected = 'fewer steps in every pair';
    const allPairs = groupBy(measurements, (m) => [
      allBut(m, 'approximation', 'damping', 'learningRateScale', 'coupling', 'kfacDamping', 'kfacBias'),
      m.seed,
    ]).flatMap((group) => {
      const references = group.filter((m) => !isNatural(m));
      if (references.length === 0) return [];
      const best = Math.min(...references.map((m) => metricOf(m, 'stepsToLoss') ?? Infinity));
      return group.filter(isNatural).map((m) => ({ ...m, steps: metricOf(m, 'stepsToLoss') ?? Infinity, best }));
    });
    const pairs = allPairs.filter(({ params }) => params['damping'] === 0 && params['kfacBias'] !== 'separate');
    if (pairs.length === 0)
      return undecided(
        expected,
        threshold,
        'no undamped natural-gradient trial is paired with a gradient-descent trial',
      );
    const faster = (some: typeof pairs): number => some.filter(({ steps, best }) => steps < best).length;
    const damped = allPairs.filter(({ params }) => params['damping'] !== 0);
    const won = faster(pairs);
    const reached = pairs.map(({ steps }) => steps).filter(Number.isFinite);
    const unreached = pairs.filter(({ best }) => best === Infinity).length;
    return {
      status: won === pairs.length ? 'reproduced' : 'not reproduced',
      expected,
      measured:
        `${won} of ${pairs.length} pairs` +
        (reached.length > 0 ? `; natural gradient ${formatSpread(reached, 'trials')} steps` : '') +
        `; gradient descent did not reach the loss within its steps in ${unreached} pairs`,
      threshold,
      ...(damped.length > 0 ? { detail: `with damping: ${faster(damped)} of ${damped.length} pairs` } : {}),
    };
  },
};

/** Theorem A.3: under the isotropic condition, that is for damping 0, the linearised model is O(1/√M) away. */
export const deviationShrinksWithWidth: Claim = {
  id: 'deviation-shrinks-with-width',
  statement: 'At damping 0 the distance from the closed-form curve falls as the inverse square root of the width',
  source: 'Karakida & Osawa 2020, Theorem A.3',
  judge: (measurements) => {
    const threshold = 'mean log-log slope over (rule, depth, seed) between −0.75 and −0.25';
    const expected = 'slope −0.5';
    const relevant = measurements.filter((m) => isNatural(m) && m.params['damping'] === 0);
    const slopes = groupBy(relevant, (m) => [allBut(m, 'width'), m.seed]).flatMap((group) => {
      const points = group.map((m) => ({
        x: Number(m.params['width']),
        y: metricOf(m, 'deviationFromTheory') ?? Infinity,
      }));
      const slope = logLogSlope(points);
      return slope === undefined ? [] : [{ rule: String(group[0]!.params['approximation']), slope }];
    });
    if (slopes.length === 0) return undecided(expected, threshold, 'no rule ran at two widths or more with damping 0');
    const diverged = slopes.filter(({ slope }) => !Number.isFinite(slope)).length;
    if (diverged > 0)
      return {
        status: 'not reproduced',
        expected,
        measured: `${diverged} of ${slopes.length} groups hold a trial that diverged`,
        threshold,
      };
    const values = slopes.map(({ slope }) => slope);
    const { mean, deviation, count } = spread(values);
    const perRule = [...new Set(slopes.map(({ rule }) => rule))].map(
      (rule) =>
        `${rule} ${formatSpread(
          slopes.filter((s) => s.rule === rule).map(({ slope }) => slope),
          'slopes',
        )}`,
    );
    return {
      status: mean >= -0.75 && mean <= -0.25 ? 'reproduced' : 'not reproduced',
      expected,
      measured: `${formatSpread(values, 'slopes')}, standard error ${formatNumber(deviation / Math.sqrt(count))}`,
      threshold,
      detail: perRule.join('; '),
    };
  },
};
