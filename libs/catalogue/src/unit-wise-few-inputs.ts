import type { z } from 'zod';
import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { isotropy } from './isotropy.ts';
import { atLargest, having, metricOf, valuesOfEvery, verdict } from './judging.ts';
import { formatSpread, spread } from './spread.ts';
import { inputDimensionOf } from './wide-network-parameters.ts';

/** Trials with more samples than inputs, a bias being one more input: Ã_0 = σ_w²A_0 + σ_b² is singular there. */
const fewInputs = (measurements: readonly Measurement[], firstLayer: 'trained' | 'fixed'): readonly Measurement[] =>
  having(measurements, { approximation: 'unit-wise', firstLayer }).filter(({ params }) => {
    const { samples, biasVariance, ...data } = params as Readonly<z.infer<typeof isotropy.parameters>>;
    return samples > inputDimensionOf(data) + (biasVariance > 0 ? 1 : 0);
  });

const fixedIsotropic: Claim = {
  id: 'fixed-first-layer-isotropic',
  statement: 'For M_0 < N the unit-wise metric is isotropic when the first layer is fixed',
  source: 'Karakida & Osawa 2020, section 5 and C.2.2',
  judge: (measurements) => {
    const widest = atLargest(fewInputs(measurements, 'fixed'), 'width');
    const conditions = valuesOfEvery(widest, 'condition', Infinity);
    const ratios = widest.map((m) => (metricOf(m, 'alpha') ?? NaN) / (metricOf(m, 'alphaTheory') ?? NaN));
    const holds = spread(conditions).mean <= 1.2 && Math.abs(spread(ratios).mean - 1) <= 0.05;
    return verdict(conditions.length > 0 ? holds : undefined, {
      expected: 'condition number 1, α = Σ_{1<l<L} γ_lM_l',
      measured: `condition number ${formatSpread(conditions)}, α over that and the output units ${formatSpread(ratios)}`,
      threshold: 'at the widest network mean condition number ≤ 1.2 and mean ratio within 0.05 of 1',
      missing: 'no unit-wise trial with M_0 < N, a bias counted with M_0, and firstLayer fixed',
    });
  },
};

const trainedAnisotropic: Claim = {
  id: 'trained-first-layer-anisotropic',
  statement:
    'For M_0 < N the singular A_0 keeps the unit-wise metric from being isotropic where the first layer is trained',
  source: 'Karakida & Osawa 2020, C.2.2',
  judge: (measurements) => {
    const trained = valuesOfEvery(atLargest(fewInputs(measurements, 'trained'), 'width'), 'condition', -Infinity);
    const fixed = valuesOfEvery(atLargest(fewInputs(measurements, 'fixed'), 'width'), 'condition', Infinity);
    const judgeable = trained.length > 0 && fixed.length > 0;
    const excess = (values: readonly number[]): number => spread(values).mean - 1;
    const holds = excess(trained) >= 2 * excess(fixed) && excess(trained) >= 0.01;
    return verdict(judgeable ? holds : undefined, {
      expected: 'a condition number that stays above that with the first layer fixed',
      measured: `trained ${formatSpread(trained)}, fixed ${formatSpread(fixed)}`,
      threshold:
        'at the widest network mean condition number − 1 at least twice that with the first layer fixed, and at least 0.01',
      missing: 'needs unit-wise trials with M_0 < N, a bias counted with M_0, with firstLayer trained and fixed',
    });
  },
};

/** C.2.2 of Karakida & Osawa 2020: the trials of `isotropy` with fewer inputs than samples. */
export const unitWiseFewInputs: ExperimentDeclaration<typeof isotropy.parameters> = {
  ...isotropy,
  name: 'unit-wise-few-inputs',
  title: 'The unit-wise metric with fewer inputs than samples',
  source: 'Karakida & Osawa 2020, section 5 and C.2.2',
  claims: [fixedIsotropic, trainedAnisotropic],
  figures: [
    {
      id: 'condition-of-few-inputs',
      kind: 'metric',
      title: 'Condition number of Θ̄ for M_0 < N',
      source: 'Karakida & Osawa 2020, C.2.2',
      x: 'width',
      measured: 'condition',
      panelBy: ['activation'],
      seriesBy: 'firstLayer',
      xLabel: 'width M',
      yLabel: 'condition number',
      xScale: 'log',
      yScale: 'log',
    },
  ],
};
