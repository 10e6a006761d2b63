import type { Claim, Measurement } from './declaration.ts';
import { atLargest, metricOf, verdict } from './judging.ts';
import { formatSlopes, slopesAgainst } from './slopes.ts';
import { allBut, formatNumber, formatSpread, groupBy, minimum, spread } from './spread.ts';

const isNatural = (m: Measurement): boolean => m.params['approximation'] !== 'gradient-descent';

/** Block-diagonal NGD: ‖g_t‖ = |1 − Lη|^t ‖g_0‖. Judged at the widest network, where the finite-width error is least. */
export const followsIsotropicDecay: Claim = {
  id: 'block-diagonal-decay',
  statement: 'Block-diagonal natural gradient descent at η = c/L follows (1 − c)^t, that is (1 − Lη)^t',
  source: 'Karakida & Osawa 2020, eq. 18 and Fig. 1(a)',
  judge: (measurements) => {
    const relevant = measurements.filter(
      ({ params }) => params['approximation'] === 'block-diagonal' && params['damping'] === 0,
    );
    const widest = atLargest(relevant, 'width');
    const deviations = widest.map((m) => metricOf(m, 'deviationFromTheory') ?? Infinity);
    return verdict(deviations.length > 0 ? spread(deviations).mean <= 0.1 : undefined, {
      expected: '0 at infinite width, c/√M at width M',
      measured: `${formatSpread(deviations)} at width ${widest[0]?.params['width']}`,
      threshold: 'mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network ≤ 0.1',
      missing: 'no block-diagonal trial with damping 0',
    });
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
    const pairs = groupBy(measurements, (m) => [
      allBut(m, 'approximation', 'damping', 'learningRateScale', 'coupling', 'kfacDamping', 'kfacBias'),
      m.seed,
    ]).flatMap((group) => {
      const references = group.filter((m) => !isNatural(m));
      if (references.length === 0) return [];
      const best = minimum(references.map((m) => metricOf(m, 'stepsToLoss') ?? Infinity));
      return group.filter(isNatural).map((m) => ({ ...m, steps: metricOf(m, 'stepsToLoss') ?? Infinity, best }));
    });
    const isotropic = pairs.filter(({ params }) => params['damping'] === 0 && params['kfacBias'] !== 'separate');
    const damped = pairs.filter(({ params }) => params['damping'] !== 0);
    const faster = (some: typeof pairs): number => some.filter(({ steps, best }) => steps < best).length;
    const won = faster(isotropic);
    const reached = isotropic.map(({ steps }) => steps).filter(Number.isFinite);
    const unreached = isotropic.filter(({ best }) => best === Infinity).length;
    return verdict(isotropic.length > 0 ? won === isotropic.length : undefined, {
      expected: 'fewer steps in every pair',
      measured:
        `${won} of ${isotropic.length} pairs` +
        (reached.length > 0 ? `; natural gradient ${formatSpread(reached, 'trials')} steps` : '') +
        `; gradient descent did not reach the loss within its steps in ${unreached} pairs`,
      threshold: 'every pair of equal depth, width and seed',
      missing: 'no undamped natural-gradient trial is paired with a gradient-descent trial',
      detail: damped.length > 0 ? `with damping: ${faster(damped)} of ${damped.length} pairs` : undefined,
    });
  },
};

/** Theorem A.3: under the isotropic condition, that is for damping 0, the linearised model is O(1/√M) away. */
export const deviationShrinksWithWidth: Claim = {
  id: 'deviation-shrinks-with-width',
  statement: 'At damping 0 the distance from the closed-form curve falls as the inverse square root of the width',
  source: 'Karakida & Osawa 2020, Theorem A.3',
  judge: (measurements) => {
    const relevant = measurements.filter((m) => isNatural(m) && m.params['damping'] === 0);
    const perRule = groupBy(relevant, ({ params }) => params['approximation']).flatMap((group) => {
      const slopes = slopesAgainst(group, 'width', 'deviationFromTheory');
      return slopes.length === 0 ? [] : [{ rule: String(group[0]!.params['approximation']), slopes }];
    });
    const slopes = perRule.flatMap((each) => each.slopes);
    const { mean, deviation, count } = spread(slopes);
    const holds = mean >= -0.75 && mean <= -0.25 && perRule.every((each) => spread(each.slopes).mean <= -0.25);
    return verdict(count > 0 ? holds : undefined, {
      expected: 'slope −0.5',
      measured: `${formatSlopes(slopes)}, standard error ${formatNumber(deviation / Math.sqrt(count))}`,
      threshold:
        'mean log-log slope over (rule, depth, seed) between −0.75 and −0.25, and at most −0.25 for every rule',
      missing: 'no rule ran at two widths or more with damping 0',
      detail: perRule.map(({ rule, slopes }) => `${rule} ${formatSlopes(slopes)}`).join('; '),
    });
  },
};
