import type { Claim, ExperimentDeclaration } from './declaration.ts';
import { atLargest, atSmallest, having, valuesOfEvery, verdict } from './judging.ts';
import { matrixCompletion } from './matrix-completion.ts';
import { allBut, formatNumber, formatSpread, groupBy, maximum, spread } from './spread.ts';

const budgetDoesNotMatter: Claim = {
  id: 'a-larger-budget-ends-at-the-same-completion',
  statement:
    'The steps that replace up to a million suffice: finer and more steps to a smaller training error end alike',
  source: 'natsweep, on the set-up of Kerekes et al. 2021, Fig. 5 (after Arora et al. 2019)',
  judge: (measurements) => {
    const alike = groupBy(having(measurements, { method: 'egd' }), (m) => [
      allBut(m, 'steps', 'learningRate', 'targetError'),
      m.seed,
    ]);
    const pairs = alike.flatMap((group) => {
      const [short, long] = [atSmallest(group, 'steps'), atLargest(group, 'steps')];
      return short[0]!.params['steps'] === long[0]!.params['steps'] ? [] : [{ short, long }];
    });
    const changes = (metric: string) =>
      pairs.flatMap(({ short, long }) => {
        const [[from], [to]] = [valuesOfEvery(short, metric, NaN), valuesOfEvery(long, metric, NaN)];
        if (from === undefined || to === undefined) return [];
        return [Number.isNaN(to - from) ? Infinity : Math.abs(to - from)];
      });
    const stepsOf = (side: 'short' | 'long'): string =>
      [...new Set(pairs.map((pair) => Number(pair[side][0]!.params['steps'])))]
        .sort((p, q) => p - q)
        .map((steps) => steps.toLocaleString('en'))
        .join(', ');
    const [errors, ranks] = [changes('testError'), changes('effectiveRank')];
    return verdict(errors.length > 0 ? spread(errors).mean <= 0.02 && spread(ranks).mean <= 0.1 : undefined, {
      expected: 'no change',
      measured:
        `from ${stepsOf('short')} steps to ${stepsOf('long')}: change of test error ${formatSpread(errors, 'pairs')}, at most ${formatNumber(maximum(errors))}; ` +
        `of effective rank ${formatSpread(ranks, 'pairs')}, at most ${formatNumber(maximum(ranks))}`,
      threshold: 'mean absolute change of test error at most 0.02, of effective rank at most 0.1',
      missing: 'no EGD trials that differ in their budget alone',
    });
  },
};

/** Whether the completions of Fig. 5 depend on the budget: trials of `matrix-completion`, each with a small and a large one. */
export const completionBudget: ExperimentDeclaration<typeof matrixCompletion.parameters> = {
  ...matrixCompletion,
  name: 'completion-budget',
  title: 'Matrix completion with a small and with a large budget of steps',
  claims: [budgetDoesNotMatter],
  figures: [
    {
      id: 'test-error-by-budget',
      kind: 'metric',
      title: 'Test error of EGD against the number of observations, by the number of steps allowed',
      source: 'Kerekes et al. 2021, Fig. 5',
      x: 'observations',
      measured: 'testError',
      panelBy: ['rank', 'depth'],
      seriesBy: 'steps',
      xLabel: 'observed entries m',
      yLabel: 'mean squared error',
      xScale: 'linear',
      yScale: 'log',
    },
  ],
};
