import { egd, isDeep, oversampling, source, task } from './completion-descent-claims.ts';
import type { Claim, Measurement } from './declaration.ts';
import { atSmallest, having, metricOf, pairedDifferences, valuesOfEvery, verdict } from './judging.ts';
import { allBut, formatNumber, formatSpread, groupBy, logLogSlope, maximum, minimum } from './spread.ts';

/** Relative residual up to which a step counts as that of the natural gradient. */
const SOLVED = 1e-6;

interface NaturalTrials {
  readonly judged: readonly Measurement[];
  /** What to say of trials left out since a system of theirs was not solved; undefined if there are none. */
  readonly leftOut: string | undefined;
}

/**
 * Trials of deep factorisations by a natural rule. Those that ended although a system was not solved did not follow the natural
 * gradient and are left out; those that diverged stay, whatever their systems: they count against a claim.
 */
function naturalTrials(
  measurements: readonly Measurement[],
  rule: { readonly naturalRule: 'min-norm' | 'split'; readonly fisher: 'complete' | 'observed' },
): NaturalTrials {
  const all = having(measurements, { method: 'ngd', ...rule }).filter((m) => isDeep(m) && m.outcome !== 'stopped');
  const judged = all.filter((m) => m.outcome === 'diverged' || (metricOf(m, 'solveResidual') ?? Infinity) <= SOLVED);
  const count = all.length - judged.length;
  const leftOut = `${count} of ${all.length} trials are left out: their linear systems were not solved to ${SOLVED}`;
  return { judged, leftOut: count === 0 ? undefined : leftOut };
}

/** Test error over that of the trivial completion; `lost` for a trial that diverged. */
const overTrivial = (measurements: readonly Measurement[], lost: number): readonly number[] =>
  measurements.map((m) => {
    const [error, trivial] = [metricOf(m, 'testError'), metricOf(m, 'trivialError')];
    return error === undefined || trivial === undefined ? lost : error / trivial;
  });

const [least, most] = [0.8, 1.25];
const isTrivial = (ratio: number): boolean => ratio >= least && ratio <= most;

const details = (...texts: readonly (string | undefined)[]): string | undefined => {
  const said = texts.filter((text) => text !== undefined);
  return said.length === 0 ? undefined : said.join('. ');
};

const failsToGeneralise: Claim = {
  id: 'ngd-fails-to-generalise',
  statement: 'NGD through factors completely fails to generalise, whatever the depth',
  source: `${source}, Fig. 5 (left and middle), §4`,
  judge: (measurements) => {
    const { judged, leftOut } = naturalTrials(measurements, { naturalRule: 'min-norm', fisher: 'complete' });
    const ratios = overTrivial(atSmallest(judged, 'learningRate'), -Infinity);
    return verdict(ratios.length > 0 ? minimum(ratios) >= least : undefined, {
      expected: 'test error no better than that of the trivial completion',
      measured: `test error over the trivial one ${formatSpread(ratios)}, least ${formatNumber(minimum(ratios))}`,
      threshold: `at least ${least} in every trial of least-norm NGD with F = I, L ≥ 2 and the smallest η`,
      missing: leftOut ?? 'no such trial',
      detail: leftOut,
    });
  },
};

const noSetting: Claim = {
  id: 'no-setting-of-ngd-generalises',
  statement: 'No setting is found where NGD achieves non-trivial performance: neither step size nor rule helps it',
  source: `${source}, §4`,
  judge: (measurements) => {
    const rules = (['min-norm', 'split'] as const).map((naturalRule) =>
      naturalTrials(measurements, { naturalRule, fisher: 'complete' }),
    );
    const judged = rules.flatMap((rule) => rule.judged);
    const ratios = overTrivial(judged, Infinity);
    const diverged = ratios.filter((ratio) => ratio === Infinity).length;
    return verdict(ratios.length > 0 ? minimum(ratios) >= least : undefined, {
      expected: 'test error no better than that of the trivial completion, or divergence',
      measured: `least test error over the trivial one ${formatNumber(minimum(ratios))} in ${ratios.length} trials, of which ${diverged} diverged`,
      threshold: `at least ${least} in every NGD trial with F = I and L ≥ 2, whatever η, rule and solver`,
      missing: details(...rules.map(({ leftOut }) => leftOut)) ?? 'no such trial',
      detail: details(
        'One Fisher information is another matter: see that of the observed entries',
        ...rules.map(({ leftOut }) => leftOut),
      ),
    });
  },
};

const leavesUnobserved: Claim = {
  id: 'ngd-leaves-unobserved-entries',
  statement: 'NGD through factors moves observed entries alone: unobserved ones stay where they were',
  source: `${source}, Fig. 3, §4 and App. F`,
  judge: (measurements) => {
    const { judged, leftOut } = naturalTrials(measurements, { naturalRule: 'min-norm', fisher: 'complete' });
    const drifts = valuesOfEvery(atSmallest(judged, 'learningRate'), 'unobservedDrift', Infinity);
    return verdict(drifts.length > 0 ? maximum(drifts) <= 0.1 : undefined, {
      expected: '0, where entries of β* have root mean square 1',
      measured: `root mean square move of unobserved entries ${formatSpread(drifts)}, at most ${formatNumber(maximum(drifts))}`,
      threshold: 'at most 0.1 in every trial with the smallest η, L ≥ 2 and F = I',
      missing: leftOut ?? 'no such trial',
      detail: details('Exact for the flow; a finite step moves them in second order', leftOut),
    });
  },
};

/** Move of unobserved entries by η, smallest first. */
interface Move {
  readonly x: number;
  readonly y: number | undefined;
}

/**
 * Log-log slope of the move against η over the η up to the largest at which the trial did not diverge; −∞ where one below
 * that, or the smallest, diverged; undefined where fewer than two are left.
 */
function slopeOfMoves(moves: readonly Move[]): number | undefined {
  const last = moves.findLastIndex(({ y }) => y !== undefined);
  const known = moves.slice(0, last + 1).flatMap(({ x, y }) => (y === undefined ? [] : [{ x, y }]));
  if (last < 0 || known.length <= last) return -Infinity;
  return logLogSlope(known);
}

const driftVanishes: Claim = {
  id: 'natural-flow-leaves-unobserved-entries',
  statement: 'NGF through factors equals EGF on the matrix itself: the move of unobserved entries vanishes with η',
  source: `${source}, §4 (statement) and App. F`,
  judge: (measurements) => {
    const { judged, leftOut } = naturalTrials(measurements, { naturalRule: 'min-norm', fisher: 'complete' });
    const slopes = groupBy(judged, (m) => [allBut(m, 'learningRate', 'steps'), m.seed]).flatMap((group) => {
      const moves = group.map((m) => ({ x: Number(m.params['learningRate']), y: metricOf(m, 'unobservedDrift') }));
      return slopeOfMoves(moves.toSorted((a, b) => a.x - b.x)) ?? [];
    });
    const rising = slopes.filter((slope) => slope >= 0.5).length;
    return verdict(slopes.length > 0 ? rising >= 0.9 * slopes.length : undefined, {
      expected: 'slope 1: the move is proportional to η',
      measured: `log-log slope of the move against η ${formatSpread(slopes, 'tasks')}; ${rising} at least 0.5`,
      threshold: 'at least 0.5 in 90 % of tasks and depths, up to the largest η that does not diverge',
      missing: leftOut ?? 'no least-norm NGD trials that differ in η alone',
      detail: leftOut,
    });
  },
};

const likeDirect: Claim = {
  id: 'ngd-like-direct-egd',
  statement: 'NGD works similarly to EGD in the naive parametrisation',
  source: `${source}, Fig. 5`,
  judge: (measurements) => {
    const { judged, leftOut } = naturalTrials(measurements, { naturalRule: 'min-norm', fisher: 'complete' });
    const smallest = atSmallest(judged, 'learningRate');
    const gains = pairedDifferences([...smallest, ...having(measurements, egd(1))], {
      metric: 'testError',
      left: { method: 'ngd' },
      right: egd(1),
      pairedBy: task,
      lost: Infinity,
    });
    const near = gains.filter((gain) => Math.abs(gain) <= 0.2).length;
    return verdict(gains.length > 0 ? near >= 0.9 * gains.length : undefined, {
      expected: 'no difference in test error beyond that of the starts',
      measured: `difference ${formatSpread(gains, 'pairs')}; ${near} within ±0.2`,
      threshold: 'within ±0.2 in at least 90 % of pairs, at the smallest η',
      missing: 'no pair of deep NGD and direct EGD trials',
      detail: leftOut,
    });
  },
};

const factorWise: Claim = {
  id: 'factor-wise-ngd-finds-the-trivial-optimum',
  statement: 'NGD by the factor-wise rule, 1/L of the step by each factor, finds the trivial optimum at every depth',
  source: `${source}, §4 (algorithm) and B.4`,
  judge: (measurements) => {
    const { judged, leftOut } = naturalTrials(measurements, { naturalRule: 'split', fisher: 'complete' });
    const ratios = overTrivial(judged, Infinity);
    const trivial = ratios.filter(isTrivial).length;
    return verdict(ratios.length > 0 ? trivial >= 0.9 * ratios.length : undefined, {
      expected: 'test error equal to the trivial one',
      measured: `${trivial} of ${ratios.length} trials; test error over the trivial one ${formatSpread(ratios)}`,
      threshold: `between ${least} and ${most} in at least 90 % of trials`,
      missing: 'no NGD trial by the factor-wise rule',
      detail: details('A finite step of this rule cannot carry det β through 0', leftOut),
    });
  },
};

const fisherDoesNotMatter: Claim = {
  id: 'fisher-identity-without-loss-of-generality',
  statement: 'F(β) can be taken to be the identity: averaged over the observed entries alone, NGD fails the same way',
  source: `${source}, §4`,
  judge: (measurements) => {
    const { judged, leftOut } = naturalTrials(measurements, { naturalRule: 'min-norm', fisher: 'observed' });
    const ratios = overTrivial(
      judged.filter((m) => oversampling(m) >= 3),
      Infinity,
    );
    return verdict(ratios.length > 0 ? ratios.every(isTrivial) : undefined, {
      expected: 'test error equal to the trivial one',
      measured: `test error over the trivial one ${formatSpread(ratios)}, least ${formatNumber(minimum(ratios))}`,
      threshold: `between ${least} and ${most} in every trial with m ≥ 3 r(2n − r)`,
      missing: 'no NGD trial with the Fisher information of the observed entries',
      detail: details(
        'Singular on the unobserved entries, it lets the least-norm solution move them, as the Euclidean gradient does',
        leftOut,
      ),
    });
  },
};

/** What natural gradients through factors do in matrix completion, judged as printed. */
export const completionNaturalClaims: readonly Claim[] = [
  failsToGeneralise,
  noSetting,
  leavesUnobserved,
  driftVanishes,
  likeDirect,
  factorWise,
  fisherDoesNotMatter,
];
