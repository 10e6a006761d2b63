import { z } from 'zod';
import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { atLargest, metricOf, verdict } from './judging.ts';
import { formatSpread, groupBy, spread } from './spread.ts';
import {
  classesOf,
  dataRefusal,
  kfacParameters,
  kfacRefusal,
  wideNetworkParameters,
  wideNetworkRefusal,
} from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.extend({
  ...kfacParameters.shape,
  dataset: wideNetworkParameters.shape.dataset.unwrap().default('gaussian').describe('training data'),
  approximation: z
    .enum([
      'gradient-descent',
      'exact',
      'block-diagonal',
      'block-tridiagonal',
      'kfac',
      'unit-wise',
      'diagonal',
      'quasi-diagonal',
    ])
    .default('block-diagonal')
    .describe('metric G of Θ̄ = JG⁻¹Jᵀ/N; gradient-descent: G = I, the NTK'),
  damping: z.number().positive().max(1e6).default(1e-12).describe('ρ, absolute'),
  firstLayer: z
    .enum(['trained', 'fixed'])
    .default('trained')
    .describe('whether unit-wise moves the first layer; fixed, it is defined for M_0 < N too (C.2.2)'),
});

const conditions = (measurements: readonly Measurement[], ...approximations: readonly string[]): number[] =>
  measurements
    .filter(({ params }) => approximations.includes(String(params['approximation'])))
    .map((m) => metricOf(m, 'condition') ?? Infinity);

/** The trials at the widest network, raw and normalised inputs apart: the paper does not say which it takes. */
const byInputs = (measurements: readonly Measurement[]) =>
  groupBy(atLargest(measurements, 'width'), ({ params }) => params['normalisation']).map((trials) => ({
    inputs: String(trials[0]!.params['normalisation']),
    trials,
  }));

const blockwiseIsotropic: Claim = {
  id: 'layer-and-unit-wise-isotropic',
  statement: 'The condition number of Θ̄ is 1 at large width for the block-diagonal and the unit-wise metric',
  source: 'Karakida & Osawa 2020, section 5 and Fig. 3',
  judge: (measurements) => {
    const groups = byInputs(measurements).flatMap(({ inputs, trials }) => {
      const [layers, units] = [conditions(trials, 'block-diagonal'), conditions(trials, 'unit-wise')];
      return layers.length === 0 || units.length === 0 ? [] : [{ inputs, layers, units }];
    });
    const holds = groups.every(({ layers, units }) => spread(layers).mean <= 1.2 && spread(units).mean <= 1.2);
    return verdict(groups.length > 0 ? holds : undefined, {
      expected: '1',
      measured: groups
        .map(
          ({ inputs, layers, units }) =>
            `inputs ${inputs}: block-diagonal ${formatSpread(layers)}, unit-wise ${formatSpread(units)}`,
        )
        .join('; '),
      threshold: 'for each kind of inputs, mean condition number of each at the widest network ≤ 1.2',
      missing: 'needs block-diagonal and unit-wise trials at the largest width',
    });
  },
};

const entryWiseBetween: Claim = {
  id: 'entry-wise-between',
  statement:
    'Diagonal and quasi-diagonal metrics are better conditioned than the NTK but stay away from 1 at large width',
  source: 'Karakida & Osawa 2020, section 5 and Fig. 3',
  judge: (measurements) => {
    const groups = byInputs(measurements).flatMap(({ inputs, trials }) => {
      const ntk = conditions(trials, 'gradient-descent');
      const entryWise = ['diagonal', 'quasi-diagonal'].map((name) => ({ name, values: conditions(trials, name) }));
      return ntk.length === 0 || entryWise.some(({ values }) => values.length === 0)
        ? []
        : [{ inputs, ntk, entryWise }];
    });
    const holds = groups.every(({ ntk, entryWise }) =>
      entryWise.every(({ values }) => spread(values).mean > 2 && spread(values).mean < spread(ntk).mean),
    );
    return verdict(groups.length > 0 ? holds : undefined, {
      expected: '1 < entry-wise < NTK',
      measured: groups
        .map(
          ({ inputs, ntk, entryWise }) =>
            `inputs ${inputs}: NTK ${formatSpread(ntk)}, ` +
            entryWise.map(({ name, values }) => `${name} ${formatSpread(values)}`).join(', '),
        )
        .join('; '),
      threshold:
        'for each kind of inputs, mean condition number at the widest network above 2 and below that of the NTK',
      missing: 'needs gradient-descent, diagonal and quasi-diagonal trials',
    });
  },
};

/** Fig. 3 of Karakida & Osawa 2020: how isotropic each metric makes the gradient at random initialisation. */
export const isotropy: ExperimentDeclaration<typeof parameters> = {
  name: 'isotropy',
  version: 2,
  title: 'Condition number of the coefficient matrix of the dynamics at initialisation',
  source: 'Karakida & Osawa 2020, Fig. 3',
  parameters,
  structuralParameters: ['dataset', 'samples', 'depth', 'width', 'activation', 'approximation', 'precision'],
  metrics: {
    condition: { description: 'largest over smallest absolute eigenvalue of Θ̄', unit: '1' },
    smallestEigenvalue: { description: 'of Θ̄', unit: '1' },
    largestEigenvalue: { description: 'of Θ̄', unit: '1' },
    anisotropy: { description: '‖Θ̄ − ᾱI‖/‖ᾱI‖ (Frobenius) with ᾱ the mean diagonal entry', unit: '1' },
    alpha: { description: 'ᾱ, mean diagonal entry of Θ̄', unit: '1' },
    alphaTheory: { description: 'ᾱ at infinite width and damping 0, where the metric has a limit there', unit: '1' },
    departure: { description: '‖Θ̄ − Θ̄_0‖/‖Θ̄_0‖ (Frobenius), Θ̄_0 that limit', unit: '1' },
  },
  traces: {},
  claims: [blockwiseIsotropic, entryWiseBetween],
  figures: [
    {
      id: 'condition-against-width',
      kind: 'metric',
      title: 'Condition number of Θ̄',
      source: 'Karakida & Osawa 2020, Fig. 3',
      x: 'width',
      measured: 'condition',
      panelBy: ['normalisation'],
      seriesBy: 'approximation',
      xLabel: 'width M',
      yLabel: 'condition number',
      xScale: 'log',
      yScale: 'log',
    },
  ],
  refuse: (params) => {
    const { approximation } = params;
    if (classesOf(params).length > 2 && ['kfac', 'unit-wise', 'diagonal', 'quasi-diagonal'].includes(approximation))
      return `${approximation} is computed for one output, that is two classes`;
    if (params.firstLayer === 'fixed' && approximation !== 'unit-wise')
      return `firstLayer fixed is for unit-wise; approximation is ${approximation} (make the axis conditional with when)`;
    if (params.firstLayer === 'fixed' && params.depth === 1)
      return 'firstLayer fixed leaves nothing to train: depth is 1';
    // what damps here is positive, so that Θ̄ is defined for dependent inputs too, and shown not to be isotropic
    return kfacRefusal(params) ?? (approximation === 'unit-wise' ? dataRefusal(params) : wideNetworkRefusal(params));
  },
};
