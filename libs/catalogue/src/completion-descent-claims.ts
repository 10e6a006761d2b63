import type { Claim, Measurement } from './declaration.ts';
import { having, pairedDifferences, valuesOfEvery, verdict } from './judging.ts';
import { formatNumber, formatSpread, groupBy, isMeasured, maximum, minimum, spread } from './spread.ts';

export const source = 'Kerekes et al. 2021';
export const task = ['size', 'rank', 'observations'];
const budget = ['steps', 'learningRate', 'targetError'];
export const egd = (depth: number) => ({ method: 'egd', depth, collapsedFrom: 0 });
export const isDeep = (m: Measurement): boolean => Number(m.params['depth']) >= 2;

/** Observations over the degrees of freedom r(2n − r) of a matrix of rank r. */
export const oversampling = ({ params }: Measurement): number => {
  const [n, r] = [Number(params['size']), Number(params['rank'])];
  return Number(params['observations']) / (r * (2 * n - r));
};

const recovers: Claim = {
  id: 'deep-egd-recovers-the-matrix',
  statement:
    'EGD with L ≥ 2 factors finds the low-rank solution with few observations; the direct parametrisation fails',
  source: `${source}, Fig. 5 (left and middle)`,
  judge: (measurements) => {
    const relevant = measurements.filter((m) => oversampling(m) >= 3);
    const errors = [2, 3].flatMap((depth) => valuesOfEvery(having(relevant, egd(depth)), 'testError', Infinity));
    const direct = valuesOfEvery(having(relevant, egd(1)), 'testError', -Infinity);
    const isKnown = errors.length > 0 && direct.length > 0;
    return verdict(isKnown ? spread(errors).mean <= 0.05 && minimum(direct) >= 0.2 : undefined, {
      expected: 'test error near 0 for L = 2, 3, and near 1 − m/n² for L = 1',
      measured: isKnown ? `L = 2, 3: ${formatSpread(errors)}; L = 1: ${formatSpread(direct)}` : '',
      threshold: 'with m ≥ 3 r(2n − r): mean error at most 0.05 for L = 2, 3, every error at least 0.2 for L = 1',
      missing: 'no EGD trials of depths 1 and 2 or 3 with three times as many observations as degrees of freedom',
    });
  },
};

const depthLowersRank: Claim = {
  id: 'depth-lowers-the-rank',
  statement: 'The bias of EGD towards low rank becomes stronger as depth grows',
  source: `${source}, §2.2 (after Arora et al. 2019)`,
  judge: (measurements) => {
    const gains = pairedDifferences(measurements, {
      metric: 'effectiveRank',
      left: egd(3),
      right: egd(2),
      pairedBy: [...task, ...budget],
      lost: Infinity,
    });
    const lower = gains.filter((gain) => gain < 0).length;
    return verdict(gains.length > 0 ? lower >= 0.9 * gains.length : undefined, {
      expected: 'lower effective rank for L = 3 than for L = 2',
      measured: `lower in ${lower} of ${gains.length} pairs; difference ${formatSpread(gains, 'pairs')}`,
      threshold: 'lower in at least 90 % of pairs',
      missing: 'no pair of EGD trials of depths 2 and 3',
    });
  },
};

const rankOverNorm: Claim = {
  id: 'rank-at-the-expense-of-nuclear-norm',
  statement:
    'With few observations deep EGD prefers lower rank at the expense of higher nuclear norm; with many it has the least norm',
  source: `${source}, §2.2 (after Arora et al. 2019)`,
  judge: (measurements) => {
    const excess = (m: Measurement): number =>
      Number(m.metrics['nuclearNorm']) / Number(m.metrics['leastNuclearNorm']) - 1;
    const solved = having(measurements, egd(3)).filter(
      ({ metrics }) =>
        isMeasured(metrics['leastNuclearNorm']) && isMeasured(metrics['trainError']) && metrics['trainError'] < 1e-3,
    );
    const few = solved.filter((m) => Number(m.metrics['leastNuclearError']) > 0.02).map(excess);
    const many = solved.filter((m) => Number(m.metrics['leastNuclearError']) < 1e-3).map(excess);
    const isKnown = few.length > 0 && many.length > 0;
    return verdict(isKnown ? spread(few).mean > 0.01 && Math.abs(spread(many).mean) < 0.01 : undefined, {
      expected: 'excess over the least nuclear norm positive with few observations, 0 with many',
      measured: isKnown ? `excess ${formatSpread(few)} with few, ${formatSpread(many)} with many` : '',
      threshold: 'mean excess above 1 % where the least-norm completion errs, within ±1 % where it is right',
      missing: 'no EGD trials of depth 3 with a training error below 0.001 on both sides',
    });
  },
};

const initialisationNegligible: Claim = {
  id: 'initialisation-is-negligible',
  statement: 'Starting from collapsed deeper models hardly changes what EGD with 2 and 3 factors finds',
  source: `${source}, Fig. 5 (right)`,
  judge: (measurements) => {
    const pairs = groupBy(having(measurements, { method: 'egd' }).filter(isDeep), (m) => [
      m.seed,
      m.params['depth'],
      ...[...task, ...budget].map((name) => m.params[name]),
    ]).flatMap((group) => {
      const plain = valuesOfEvery(having(group, { collapsedFrom: 0 }), 'testError', Infinity);
      const collapsed = valuesOfEvery(
        group.filter((m) => m.params['collapsedFrom'] !== 0),
        'testError',
        -Infinity,
      );
      return plain.flatMap((a) => collapsed.map((b) => Math.abs(a - b)));
    });
    return verdict(pairs.length > 0 ? spread(pairs).mean <= 0.05 : undefined, {
      expected: 'no difference in test error',
      measured: `difference ${formatSpread(pairs, 'pairs')}, at most ${formatNumber(maximum(pairs))}`,
      threshold: 'mean difference of test errors at most 0.05',
      missing: 'no pair of trials with and without a collapsed start',
    });
  },
};

const directStays: Claim = {
  id: 'direct-egd-leaves-unobserved-entries',
  statement: 'EGD on the matrix itself finds the trivial solution: entries without an observation do not move',
  source: `${source}, §4`,
  judge: (measurements) => {
    const moves = valuesOfEvery(having(measurements, egd(1)), 'unobservedDrift', Infinity);
    return verdict(moves.length > 0 ? maximum(moves) === 0 : undefined, {
      expected: '0',
      measured: `root mean square move of unobserved entries at most ${formatNumber(maximum(moves))} (${moves.length} trials)`,
      threshold: 'exactly 0 in every EGD trial of depth 1',
      missing: 'no EGD trial of depth 1',
    });
  },
};

const startIsBiased: Claim = {
  id: 'gaussian-products-have-low-rank',
  statement:
    'Before any training, products of Gaussian factors have the lower effective rank the more factors there are',
  source: `${source}, §5.2 (on initialisation)`,
  judge: (measurements) => {
    const plain = having(measurements, { method: 'egd', collapsedFrom: 0 });
    const depths = [...new Set(plain.map((m) => Number(m.params['depth'])))].sort((a, b) => a - b);
    const ranks = depths.map((depth) => valuesOfEvery(having(plain, { depth }), 'effectiveRankStart', Infinity));
    const falls = ranks.slice(1).map((values, i) => spread(values).mean - spread(ranks[i]!).mean);
    return verdict(falls.length > 0 ? falls.every((fall) => fall < 0) : undefined, {
      expected: 'falls with every factor',
      measured: depths.map((depth, i) => `L = ${depth}: ${formatSpread(ranks[i]!)}`).join('; '),
      threshold: 'mean effective rank at the start lower for every larger depth',
      missing: 'no EGD trials of different depths',
    });
  },
};

/** What gradient descent through factors does in matrix completion, judged as printed. */
export const completionDescentClaims: readonly Claim[] = [
  recovers,
  depthLowersRank,
  rankOverNorm,
  initialisationNegligible,
  directStays,
  startIsBiased,
];
