import type { Claim, Measurement } from './declaration.ts';
import { atLargest, atSmallest, having, pairedDifferences, valuesOfEvery, verdict } from './judging.ts';
import {
  comparison,
  egd,
  isSparse,
  isSparserThanPrinted,
  isTall,
  isWide,
  paired,
  plainEgd,
  source,
} from './sparse-comparisons.ts';
import { formatSpread, groupBy, maximum, minimum, spread } from './spread.ts';

/** Mean over seeds of a metric, per number of samples, dimension and sparsity; a trial that lost it counts as −∞. */
function meansBySamples(measurements: readonly Measurement[], metric: string) {
  return groupBy(measurements, (m) => paired.map((name) => m.params[name])).flatMap((group) => {
    const values = valuesOfEvery(group, metric, -Infinity);
    return values.length === 0 ? [] : [{ samples: Number(group[0]!.params['samples']), ...spread(values), values }];
  });
}

const shallowNetworksReachNinety: Claim = {
  id: 'shallow-diagonal-networks-reach-90-percent',
  statement: 'With fewer samples than dimensions, EGD with 2 or 3 diagonal layers reaches up to 90 % test accuracy',
  source: `${source}, Fig. 4 (left)`,
  judge: (measurements) => {
    const relevant = measurements.filter((m) => isWide(m) && isSparse(m) && !isSparserThanPrinted(m));
    const means = [2, 3].flatMap((depth) => meansBySamples(having(relevant, egd(depth)), 'accuracy'));
    const best = means.reduce<(typeof means)[number] | undefined>((a, b) => (a && a.mean > b.mean ? a : b), undefined);
    return verdict(best && best.mean >= 0.88, {
      expected: 'up to 0.90',
      measured: best ? `best mean ${formatSpread(best.values)} at N = ${best.samples}` : '',
      threshold: 'best mean over N < D at least 0.88, for S between 2 % (Fig. 4) and 10 % (Fig. 6) of D',
      missing: 'no EGD trial of depth 2 or 3 with N < D',
    });
  },
};

const depthHelps: Claim = {
  id: 'accuracy-depends-on-depth',
  statement: 'Test accuracy of EGD depends on the parametrisation: two diagonal layers beat the direct one where N < D',
  source: `${source}, Fig. 4 (left) and abstract`,
  judge: (measurements) => {
    const gains = pairedDifferences(
      measurements.filter((m) => isWide(m) && isSparse(m)),
      {
        metric: 'accuracy',
        left: egd(2),
        right: egd(1),
        pairedBy: paired,
        lost: -Infinity,
      },
    );
    return verdict(gains.length > 0 ? spread(gains).mean >= 0.05 : undefined, {
      expected: 'clearly positive',
      measured: gains.length > 0 ? `accuracy(L = 2) − accuracy(L = 1) ${formatSpread(gains, 'pairs')}` : '',
      threshold: 'mean difference at least 0.05',
      missing: 'no pair of EGD trials of depths 1 and 2 with N < D',
    });
  },
};

const depthGainsBySparsity: Claim = {
  id: 'depth-gains-by-sparsity',
  statement:
    'What depth gains where N < D is a bias towards sparse separators: it falls as more components are non-zero',
  source: `${source}, §2.1 and §3.1`,
  judge: (measurements) => {
    const gainOf = (trials: readonly Measurement[]) => {
      const arms = { metric: 'accuracy', left: egd(2), right: egd(1), pairedBy: paired };
      return spread(pairedDifferences(trials, { ...arms, lost: NaN })).mean;
    };
    const arms = [...having(measurements, egd(1)), ...having(measurements, egd(2))].filter(isWide);
    const falls = groupBy(arms, (m) => ['dimension', 'samples'].map((name) => m.params[name])).flatMap((task) => {
      const [sparsest, densest] = [atSmallest(task, 'nonZero'), atLargest(task, 'nonZero')];
      if (sparsest[0]!.params['nonZero'] === densest[0]!.params['nonZero']) return [];
      const fall = gainOf(sparsest) - gainOf(densest);
      return [Number.isNaN(fall) ? -Infinity : fall];
    });
    return verdict(falls.length > 0 ? minimum(falls) >= 0.05 : undefined, {
      expected: 'a larger gain for the sparsest separator than for the densest',
      measured: `accuracy(L = 2) − accuracy(L = 1), sparsest − densest: ${formatSpread(falls, 'numbers of samples')}`,
      threshold: 'mean over seeds at least 0.05 for every N',
      missing: 'no EGD trials of depths 1 and 2 with N < D that differ in the number of non-zero components',
    });
  },
};

const fourLayersLikeOne: Claim = {
  id: 'four-layers-on-par-with-one',
  statement: 'EGD with four diagonal layers is on par with the direct parametrisation after 2 million steps',
  source: `${source}, §3.1 and Fig. 4 (left)`,
  judge: (measurements) => {
    const gains = pairedDifferences(measurements.filter(isSparse), {
      metric: 'accuracy',
      left: plainEgd(4),
      right: plainEgd(1),
      pairedBy: paired,
      lost: Infinity,
    });
    const steps = maximum(having(measurements, plainEgd(4)).map((m) => Number(m.params['steps'])));
    return verdict(gains.length > 0 ? Math.abs(spread(gains).mean) <= 0.05 : undefined, {
      expected: 'no difference',
      measured: `accuracy(L = 4) − accuracy(L = 1) ${formatSpread(gains, 'pairs')} after ${steps} constant steps`,
      threshold: 'mean difference within ±0.05',
      missing: 'no pair of EGD trials of depths 1 and 4 by constant steps from a Gaussian start',
    });
  },
};

const fourLayersBetterThanOne: Claim = {
  id: 'four-layers-beat-one-in-the-limit',
  statement: 'Run for long enough, the implicit regularisation of four diagonal layers kicks in',
  source: `${source}, §3.1 (expectation) and Fig. 6 (caption)`,
  judge: (measurements) => {
    const gains = pairedDifferences(measurements.filter(isSparse), {
      metric: 'accuracy',
      left: egd(4),
      right: egd(1),
      pairedBy: paired,
      lost: -Infinity,
    });
    return verdict(gains.length > 0 ? spread(gains).mean >= 0.05 : undefined, {
      expected: 'clearly positive',
      measured: `accuracy(L = 4) − accuracy(L = 1) ${formatSpread(gains, 'pairs')}`,
      threshold: 'mean difference at least 0.05, by the curvature rule from w_1 = 0',
      missing: 'no pair of EGD trials of depths 1 and 4',
    });
  },
};

const stepsAreNotTheCause: Claim = {
  id: 'too-few-steps-hold-four-layers-back',
  statement: 'EGD with four layers does not beat the direct parametrisation because it took too few steps',
  source: `${source}, §3.1 (expectation)`,
  judge: (measurements) => {
    const further = { method: 'egd', stepRule: 'curvature', start: 'gaussian' };
    const gains = pairedDifferences(measurements.filter(isSparse), {
      metric: 'accuracy',
      left: { ...further, depth: 4 },
      right: { ...further, depth: 1 },
      pairedBy: paired,
      lost: -Infinity,
    });
    return verdict(gains.length > 0 ? spread(gains).mean >= 0.05 : undefined, {
      expected: 'from the same Gaussian start, four layers win once the flow is followed further',
      measured: `accuracy(L = 4) − accuracy(L = 1) ${formatSpread(gains, 'pairs')} by the curvature rule`,
      threshold: 'mean difference at least 0.05',
      missing: 'no pair of EGD trials of depths 1 and 4 by the curvature rule from a Gaussian start',
      detail: 'A Gaussian start gives half of the β_i the wrong sign, and no layer can cross zero without the others',
    });
  },
};

const structure: Claim = {
  id: 'two-layers-find-the-sparse-structure',
  statement: 'EGD finds the sparse structure: clearly with two diagonal layers, less so directly',
  source: `${source}, Fig. 4 (right)`,
  judge: (measurements) => {
    const relevant = measurements.filter((m) => isTall(m) && isSparse(m));
    const gains = pairedDifferences(relevant, {
      metric: 'supportShare',
      left: egd(2),
      right: egd(1),
      pairedBy: paired,
      lost: -Infinity,
    });
    const contrast = valuesOfEvery(having(relevant, egd(1)), 'profileContrast', -Infinity);
    return verdict(gains.length > 0 ? minimum(gains) > 0.1 && minimum(contrast) > 2 : undefined, {
      expected: 'more of ‖β‖₁ on the support for L = 2, and a visible profile for L = 1',
      measured:
        gains.length > 0
          ? `share of ‖β‖₁ on the support, L = 2 − L = 1: ${formatSpread(gains, 'pairs')}; ` +
            `contrast at L = 1 ${formatSpread(contrast)}`
          : '',
      threshold: 'every difference above 0.1, every contrast at L = 1 above 2',
      missing: 'no pair of EGD trials of depths 1 and 2 with N ≥ D',
    });
  },
};

/** What depth does to EGD, judged as printed. */
export const sparseDepthClaims: readonly Claim[] = [
  shallowNetworksReachNinety,
  depthHelps,
  comparison({
    id: 'three-layers-beat-one',
    statement:
      'EGD on the direct parametrisation is less accurate than through three diagonal layers, too, where N < D',
    place: '§3.1 and Fig. 4 (left)',
    left: egd(1),
    right: egd(3),
    where: (m) => isWide(m) && isSparse(m),
    margin: 0.05,
  }),
  depthGainsBySparsity,
  fourLayersLikeOne,
  stepsAreNotTheCause,
  fourLayersBetterThanOne,
  comparison({
    id: 'five-layers-perform-poorly',
    statement: 'EGD with five diagonal layers performs poorly: worse than the direct parametrisation',
    place: 'Fig. 6',
    left: plainEgd(5),
    right: plainEgd(1),
    where: isSparse,
    margin: 0.005,
  }),
  structure,
];
