import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { isotropy } from './isotropy.ts';
import { atSmallest, having, metricOf, valuesOfEvery, verdict } from './judging.ts';
import { slopesAgainst } from './slopes.ts';
import { formatSpread, groupBy, maximum, spread } from './spread.ts';

const kfac = (measurements: readonly Measurement[], kfacBias: string): readonly Measurement[] =>
  having(measurements, { approximation: 'kfac', kfacBias }).filter(({ params }) => Number(params['biasVariance']) > 0);
const formOf = ({ params }: Measurement): string => String(params['kfacDamping']);
const listForms = (forms: readonly { form: string; values: readonly number[] }[], noun?: string): string =>
  forms.map(({ form, values }) => `${form} ${formatSpread(values, noun)}`).join('; ');

const augmentedIsotropic: Claim = {
  id: 'augmented-biases-isotropic',
  statement: 'With the bias as one more input of each layer K-FAC is isotropic as ρ → 0, α = NL, wherever ρ is added',
  source: 'Karakida & Osawa 2020, S.107 and B.3.3',
  judge: (measurements) => {
    const forms = groupBy(kfac(measurements, 'augmented'), formOf).map((group) => ({
      form: formOf(group[0]!),
      values: valuesOfEvery(atSmallest(group, 'damping'), 'departure', Infinity),
    }));
    return verdict(forms.length > 0 ? forms.every(({ values }) => maximum(values) <= 0.01) : undefined, {
      expected: 'Θ̄ = NLI',
      measured: `‖Θ̄ − NLI‖/‖NLI‖ at the smallest ρ: ${listForms(forms)}`,
      threshold: 'at most 0.01 in every trial at the smallest ρ of each form',
      missing: 'no trial with biases and kfacBias augmented',
    });
  },
};

/** (K/N + ρ)⁻¹K = N(1 − ρN K⁻¹ + …): first order in what is added to a factor, √ρ under π, or to the product. */
const powers: Readonly<Record<string, number>> = { factors: 1, pi: 0.5, exact: 1 };

const dampingOrder: Claim = {
  id: 'order-of-the-damping',
  statement:
    'Θ̄ leaves its limit in proportion to what is added to the factors: ρ, √ρ under π; and to ρ on their product',
  source: 'expansion of S.99 and S.102 in ρ (eq. 20), of Martens & Grosse 2015, 6.3, and of B* ⊗ A* + ρI',
  judge: (measurements) => {
    const forms = groupBy(kfac(measurements, 'augmented'), formOf).flatMap((group) => {
      const dampings = [...new Set(group.map(({ params }) => Number(params['damping'])))].sort((a, b) => a - b);
      const smallest = group.filter(({ params }) => dampings.slice(0, 2).includes(Number(params['damping'])));
      const values = slopesAgainst(smallest, 'damping', 'departure');
      return values.length === 0 ? [] : [{ form: formOf(group[0]!), values }];
    });
    const holds = forms.every(({ form, values }) => Math.abs(spread(values).mean - powers[form]!) <= 0.1);
    return verdict(forms.length > 0 ? holds : undefined, {
      expected: 'slopes 1 (factors), 0.5 (pi), 1 (exact)',
      measured: listForms(forms, 'slopes'),
      threshold: 'mean log-log slope of ‖Θ̄ − Θ̄_0‖ between the two smallest ρ within 0.1 of that, for each form',
      missing: 'no form with biases and kfacBias augmented at two dampings',
    });
  },
};

/** Below ρ of about 1e-12 rounding in the null directions of the output bias, of rank 1, is what is left. */
const separateLimit: Claim = {
  id: 'separate-biases-limit',
  statement: 'With biases in a block of their own Θ̄ → N(2L − 1)I + 11ᵀ as ρ → 0, wherever ρ is added',
  source: 'Karakida & Osawa 2020, S.123 by its pseudo-inverse',
  judge: (measurements) => {
    const forms = groupBy(kfac(measurements, 'separate'), formOf).map((group) => ({
      form: formOf(group[0]!),
      values: valuesOfEvery(atSmallest(group, 'damping'), 'departure', Infinity),
    }));
    return verdict(forms.length > 0 ? forms.every(({ values }) => maximum(values) <= 0.01) : undefined, {
      expected: '0',
      measured: `relative distance at the smallest ρ: ${listForms(forms)}`,
      threshold: 'at most 0.01 in every trial at the smallest ρ of each form',
      missing: 'no trial with kfacBias separate',
    });
  },
};

/** B_L = 11ᵀ has rank 1 and no inverse: B_LB_L⁺ = 11ᵀ/N, where the printed formula has 11ᵀ. */
const printedSeparate: Claim = {
  id: 'separate-biases-as-printed',
  statement:
    'With biases in a block of their own Θ̄/N = Σ_l 𝓑_l ⊙ (𝓐_{l−1} + 11ᵀ) with 𝓑_L = 11ᵀ: largest eigenvalue N(2L − 1 + N)',
  source: 'Karakida & Osawa 2020, S.124 with 𝓑_L of S.106',
  judge: (measurements) => {
    const ratios = atSmallest(kfac(measurements, 'separate'), 'damping').map((m) => {
      const [samples, depth] = [Number(m.params['samples']), Number(m.params['depth'])];
      return (metricOf(m, 'largestEigenvalue') ?? Infinity) / (samples * (2 * depth - 1 + samples));
    });
    return verdict(ratios.length > 0 ? ratios.every((ratio) => Math.abs(ratio - 1) <= 0.01) : undefined, {
      expected: 'ratio 1 of the largest eigenvalue of Θ̄ to the printed one',
      measured: formatSpread(ratios),
      threshold: 'within 0.01 of 1 in every trial at the smallest ρ',
      missing: 'no trial with kfacBias separate',
      detail: 'with 𝓑_L = B_LB_L⁺ = 11ᵀ/N of the pseudo-inverse it is 2NL, and Θ̄ nearly isotropic',
    });
  },
};

/** What the forms of K-FAC make of Θ̄ over the damping: the trials of `isotropy`, with claims on each form. */
export const kfacForms: ExperimentDeclaration<typeof isotropy.parameters> = {
  ...isotropy,
  name: 'kfac-forms',
  title: 'Damping and biases of K-FAC: where Θ̄ tends as the damping vanishes',
  source: 'Karakida & Osawa 2020, eq. 20, 4.3 and B.3.3',
  claims: [augmentedIsotropic, separateLimit, printedSeparate, dampingOrder],
  figures: [
    {
      id: 'departure-against-damping',
      kind: 'metric',
      title: 'Distance of Θ̄ from its limit',
      source: 'Karakida & Osawa 2020, S.99, S.102 and S.123',
      x: 'damping',
      measured: 'departure',
      panelBy: ['kfacBias'],
      seriesBy: 'kfacDamping',
      xLabel: 'damping ρ',
      yLabel: 'relative distance from the limit',
      xScale: 'log',
      yScale: 'log',
    },
  ],
};
