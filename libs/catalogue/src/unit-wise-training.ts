import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { atLargest, having, metricOf, valuesOfEvery, verdict } from './judging.ts';
import { formatSpread, groupBy, spread } from './spread.ts';
import { wideTraining } from './wide-training.ts';

const unitWiseDecay: Claim = {
  id: 'unit-wise-decay',
  statement: 'Unit-wise natural gradient descent at η = c/α, α = Σ γ_lM_l, follows (1 − c)^t for every activation',
  source: 'Karakida & Osawa 2020, Theorem 5.1 and Fig. S.1',
  judge: (measurements) => {
    const relevant = atLargest(having(measurements, { approximation: 'unit-wise' }), 'width');
    const perActivation = groupBy(relevant, ({ params }) => params['activation']).map((group) => {
      const byDamping = groupBy(group, ({ params }) => params['damping']).map((trials) =>
        trials.map((m) => metricOf(m, 'deviationFromIsotropy') ?? Infinity),
      );
      const best = byDamping.reduce((least, values) => (spread(values).mean < spread(least).mean ? values : least));
      return { activation: String(group[0]!.params['activation']), best };
    });
    const holds = perActivation.every(({ best }) => spread(best).mean <= 0.15);
    return verdict(perActivation.length > 0 ? holds : undefined, {
      expected: '0 at infinite width',
      measured: perActivation.map(({ activation, best }) => `${activation} ${formatSpread(best)}`).join('; '),
      threshold:
        'for every activation, mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network and best damping ≤ 0.15',
      missing: 'no unit-wise trial',
    });
  },
};

/** Whether ρ = M^{−ε} with 0 < ε < 1/12. */
const isStated = ({ params }: Measurement): boolean => {
  const [damping, width] = [Number(params['damping']), Number(params['width'])];
  return damping < 1 && damping > width ** (-1 / 12);
};

/** The theorem is on the limit M → ∞, in which this ρ vanishes more slowly than the eigenvalues of the blocks at any width here. */
const statedDamping: Claim = {
  id: 'stated-damping',
  statement: 'With the damping ρ = M^{−ε}, 0 < ε < 1/12, of the theorem training follows (1 − c)^t',
  source: 'Karakida & Osawa 2020, Theorem 5.1 and S.155',
  judge: (measurements) => {
    const relevant = atLargest(having(measurements, { approximation: 'unit-wise' }).filter(isStated), 'width');
    const distances = valuesOfEvery(relevant, 'deviationFromIsotropy', Infinity);
    return verdict(distances.length > 0 ? spread(distances).mean <= 0.15 : undefined, {
      expected: '0 at infinite width',
      measured: `${formatSpread(distances)} at width ${relevant[0]?.params['width']}`,
      threshold: 'mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network ≤ 0.15, as for the best damping',
      missing: 'no unit-wise trial with M^{−1/12} < ρ < 1',
      detail:
        relevant.length > 0
          ? `the residual contracts by ${formatSpread(valuesOfEvery(relevant, 'contractionPerStep', NaN))} per step`
          : undefined,
    });
  },
};

/** Fig. S.1 of Karakida & Osawa 2020: the trials of `wide-training`, with the claim on the unit-wise approximation. */
export const unitWiseTraining: ExperimentDeclaration<typeof wideTraining.parameters> = {
  ...wideTraining,
  name: 'unit-wise-training',
  title: 'Unit-wise natural gradient descent for three activations against its closed form',
  source: 'Karakida & Osawa 2020, Fig. S.1',
  claims: [unitWiseDecay, statedDamping],
  figures: [
    {
      id: 'unit-wise-curves',
      kind: 'traces',
      title: 'Training loss: measured (circles) and (1 − c)^{2t} with α = Σ γ_lM_l (lines)',
      source: 'Karakida & Osawa 2020, Fig. S.1 and eq. 24',
      measured: 'trainLoss',
      theory: 'trainLossAnalytic',
      panelBy: ['activation', 'width'],
      seriesBy: 'damping',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
    {
      id: 'unit-wise-curves-of-each-damping',
      kind: 'traces',
      title: 'Training loss: measured (circles) and linearised at each damping (lines)',
      source: 'Karakida & Osawa 2020, S.130',
      measured: 'trainLoss',
      theory: 'trainLossTheory',
      panelBy: ['activation', 'width'],
      seriesBy: 'damping',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
  ],
};
