import type { Claim, ExperimentDeclaration } from './declaration.ts';
import { isotropy } from './isotropy.ts';
import { atLargest, having, metricOf, verdict } from './judging.ts';
import { formatSpread, groupBy, spread } from './spread.ts';

const alphaFormula: Claim = {
  id: 'alpha-of-shifted-relu',
  statement: 'α of the unit-wise metric is Σ_l (1/2 + erf(s/√(2q_l))/2) M_l for the shifted ReLU',
  source: 'Karakida & Osawa 2020, S.157 and Fig. S.2',
  judge: (measurements) => {
    const relevant = atLargest(having(measurements, { approximation: 'unit-wise' }), 'width');
    const groups = groupBy(relevant, ({ params }) => [params['activationShift'], params['normalisation']]).map(
      (group) => ({
        label: `inputs ${group[0]!.params['normalisation']}, s = ${group[0]!.params['activationShift']}`,
        ratios: group.map((m) => (metricOf(m, 'alpha') ?? NaN) / (metricOf(m, 'alphaTheory') ?? NaN)),
      }),
    );
    const holds = groups.every(({ ratios }) => Math.abs(spread(ratios).mean - 1) <= 0.02);
    return verdict(groups.length > 0 ? holds : undefined, {
      expected: 'ratio 1 of measured to analytic α (with the output units, which S.157 drops)',
      measured: groups.map(({ label, ratios }) => `${label}: ${formatSpread(ratios)}`).join('; '),
      threshold: 'mean ratio at the widest network within 0.02 of 1 for every shift and kind of inputs',
      missing: 'no unit-wise trial',
    });
  },
};

/** Fig. S.2 of Karakida & Osawa 2020: the trials of `isotropy`, with the claim on α. */
export const unitWiseAlpha: ExperimentDeclaration<typeof isotropy.parameters> = {
  ...isotropy,
  name: 'unit-wise-alpha',
  title: 'Isotropy constant of the unit-wise metric for the shifted ReLU',
  source: 'Karakida & Osawa 2020, Fig. S.2',
  claims: [alphaFormula],
  figures: [
    {
      id: 'alpha-against-shift',
      kind: 'metric',
      title: 'α: measured (circles) and analytic (lines)',
      source: 'Karakida & Osawa 2020, Fig. S.2',
      x: 'activationShift',
      measured: 'alpha',
      theory: 'alphaTheory',
      panelBy: ['normalisation'],
      seriesBy: 'width',
      xLabel: 'shift s',
      yLabel: 'α',
      xScale: 'linear',
      yScale: 'linear',
    },
  ],
};
