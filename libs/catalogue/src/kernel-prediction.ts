import { z } from 'zod';
import type { Claim, ExperimentDeclaration } from './declaration.ts';
import { metricOf, verdict } from './judging.ts';
import { formatNumber, formatSpread, groupBy, maximum, minimum, spread } from './spread.ts';
import { classesOf, dataRefusal, singleLayerRefusal, wideNetworkParameters } from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.extend({
  approximation: z
    .enum(['exact', 'block-diagonal', 'block-tridiagonal', 'kfac'])
    .default('exact')
    .describe('metric whose infinite-width predictor is evaluated'),
});

const comparable: Claim = {
  id: 'comparable-accuracies',
  statement: 'The trained models of all layer-wise approximations predict test data about equally well',
  source: 'Karakida & Osawa 2020, 4.4 and Fig. 2',
  judge: (measurements) => {
    const groups = groupBy(measurements, ({ params }) =>
      ['dataset', 'classes', 'samples'].map((name) => params[name]),
    ).map((group) => ({
      label: `${group[0]!.params['dataset']} ${group[0]!.params['classes']}, N = ${group[0]!.params['samples']}`,
      rules: groupBy(group, ({ params }) => params['approximation']).map((trials) => ({
        rule: String(trials[0]!.params['approximation']),
        accuracies: trials.map((m) => metricOf(m, 'testAccuracy') ?? NaN),
      })),
    }));
    const comparedGroups = groups.filter(({ rules }) => rules.length > 1);
    const gaps = comparedGroups.map(({ rules }) => {
      const means = rules.map(({ accuracies }) => spread(accuracies).mean);
      return maximum(means) - minimum(means);
    });
    return verdict(gaps.length > 0 ? gaps.every((gap) => gap <= 0.05) : undefined, {
      expected: 'accuracies that differ by approximation but are comparable',
      measured: comparedGroups
        .map(
          ({ label, rules }, i) =>
            `${label} (gap ${formatNumber(gaps[i]!)}): ` +
            rules.map(({ rule, accuracies }) => `${rule} ${formatSpread(accuracies)}`).join(', '),
        )
        .join('; '),
      threshold: 'on each data set and for each N, mean accuracies within 0.05 of each other',
      missing: 'no data set with two approximations',
    });
  },
};

/** Fig. 2 of Karakida & Osawa 2020: the predictors that training by each metric tends to at infinite width. */
export const kernelPrediction: ExperimentDeclaration<typeof parameters> = {
  name: 'kernel-prediction',
  version: 4,
  title: 'Test accuracy of the infinite-width predictors',
  source: 'Karakida & Osawa 2020, Fig. 2',
  parameters,
  structuralParameters: [
    'dataset',
    'classes',
    'samples',
    'testSamples',
    'depth',
    'width',
    'approximation',
    'precision',
  ],
  metrics: {
    testAccuracy: { description: 'share of test samples that f_∞ puts on the right side', unit: '1' },
    testLoss: { description: '‖f_∞ − y‖²/(2N′) on the test samples', unit: '1' },
    meanTestAccuracy: { description: 'accuracy of the mean predictor, f_0 = 0', unit: '1' },
    initialTestAccuracy: { description: 'accuracy of f_0', unit: '1' },
    condition: {
      description:
        'largest condition number of the kernels that were solved, over the directions that were kept; for N > 500 ' +
        'estimated from below by Lanczos iterations, typically within 1 %, where Cholesky solved them',
      unit: '1',
    },
    droppedDirections: { description: 'null directions of the kernels that were left out', unit: '1' },
  },
  traces: {},
  claims: [comparable],
  figures: [
    {
      id: 'accuracy-by-approximation',
      kind: 'metric',
      title: 'Test accuracy of the infinite-width predictors',
      source: 'Karakida & Osawa 2020, Fig. 2',
      x: 'approximation',
      measured: 'testAccuracy',
      panelBy: ['dataset', 'classes'],
      seriesBy: 'samples',
      xLabel: 'approximation of the Fisher matrix',
      yLabel: 'test accuracy',
      xScale: 'linear',
      yScale: 'linear',
    },
  ],
  refuse: (params) => {
    const classes = classesOf(params);
    if (params.approximation === 'kfac' && classes.length > 2)
      return `kfac is defined for one output, that is two classes (Karakida & Osawa 2020, 4.3); classes names ${classes.length}`;
    if (params.approximation === 'block-tridiagonal' && params.depth % 3 === 2)
      return `block-tridiagonal has no predictor that is a sum over layers at depth 3s + 2, where Σ is singular (Karakida & Osawa 2020, eq. 16); depth is ${params.depth}`;
    if (params.normalisation === 'none')
      return 'the infinite-width kernels are those of unit-norm inputs (Karakida & Osawa 2020, Assumption 2): normalisation must not be none';
    return singleLayerRefusal({ ...params, damping: 0 }) ?? dataRefusal(params);
  },
};
