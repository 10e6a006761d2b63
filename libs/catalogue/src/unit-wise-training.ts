import type { Claim, ExperimentDeclaration } from './declaration.ts';
import { atLargest, having, metricOf, verdict } from './judging.ts';
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

/** Fig. S.1 of Karakida & Osawa 2020: the trials of `wide-training`, with the claim on the unit-wise approximation. */
export const unitWiseTraining: ExperimentDeclaration<typeof wideTraining.parameters> = {
  ...wideTraining,
  name: 'unit-wise-training',
  title: 'Unit-wise natural gradient descent for three activations against its closed form',
  source: 'Karakida & Osawa 2020, Fig. S.1',
  claims: [unitWiseDecay],
  figures: [
    {
      id: 'unit-wise-curves',
      kind: 'traces',
      title: 'Training loss: measured (circles) and closed form (lines)',
      source: 'Karakida & Osawa 2020, Fig. S.1',
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
