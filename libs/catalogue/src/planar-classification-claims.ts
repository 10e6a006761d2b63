import type { Claim, Measurement } from './declaration.ts';
import { having, pairedDifferences, valuesOfEvery, verdict } from './judging.ts';
import { allBut, formatNumber, formatSpread, groupBy, isMeasured, maximum, minimum, spread } from './spread.ts';

const source = 'Kerekes et al. 2021';
const limitsOfEgd = (m: Measurement): boolean => m.params['method'] === 'egd' && m.params['stepRule'] === 'curvature';

function endsNear(claim: {
  readonly id: string;
  readonly statement: string;
  readonly where: (depth: number) => boolean;
  readonly metric: string;
}): Claim {
  return {
    id: claim.id,
    statement: claim.statement,
    source: `${source}, Fig. 2 (a, b) and §2.1`,
    judge: (measurements) => {
      const relevant = measurements.filter((m) => limitsOfEgd(m) && claim.where(Number(m.params['depth'])));
      const values = valuesOfEvery(relevant, claim.metric, Infinity);
      return verdict(values.length > 0 ? maximum(values) <= 1 : undefined, {
        expected: '0°',
        measured: values.length > 0 ? `${formatSpread(values)} degrees, at most ${formatNumber(maximum(values))}` : '',
        threshold: 'at most 1° in every trial',
        missing: 'no EGD trial of that depth with the curvature step rule',
      });
    },
  };
}

const independentOfDepth: Claim = {
  id: 'ngd-independent-of-depth',
  statement: 'NGD converges to the same separator for every depth',
  source: `${source}, Fig. 2 (c, d)`,
  judge: (measurements) => {
    const key = (m: Measurement) => [allBut(m, 'depth', 'naturalRule'), m.seed];
    const ranges = groupBy(having(measurements, { method: 'ngd' }), key).flatMap((group) => {
      const angles = valuesOfEvery(group, 'angle', Infinity);
      return angles.length < 2 ? [] : [maximum(angles) - minimum(angles)];
    });
    return verdict(ranges.length > 0 ? maximum(ranges) <= 1 : undefined, {
      expected: '0°',
      measured: `range over depths and rules ${formatSpread(ranges, 'data sets')} degrees`,
      threshold: 'range over depths, and over both ways to share a step, at most 1° in every data set',
      missing: 'no NGD trials that differ in depth alone',
    });
  },
};

const followsNewton: Claim = {
  id: 'ngd-ends-where-newton-flow-does',
  statement:
    'With N ≥ D natural gradient flow is Newton flow, whose limit minimises −∇L(β₀)ᵀβ over separators of margin 1',
  source: `derived from ${source}, eqs. 3 and 19`,
  judge: (measurements) => {
    const values = valuesOfEvery(having(measurements, { method: 'ngd', depth: 1 }), 'angleToLimit', Infinity);
    return verdict(values.length > 0 ? spread(values).mean <= 2 : undefined, {
      expected: '0°',
      measured: values.length > 0 ? `${formatSpread(values)} degrees` : '',
      threshold: 'mean at most 2°',
      missing: 'no NGD trial of depth 1',
    });
  },
};

const differsFromEgd: Claim = {
  id: 'ngd-differs-from-egd',
  statement: 'The separator of NGD differs from those of EGD',
  source: `${source}, §3.1, experiment 1`,
  judge: (measurements) => {
    const depths = [...new Set(measurements.filter(limitsOfEgd).map((m) => Number(m.params['depth'])))];
    const distances = depths.flatMap((depth) =>
      pairedDifferences(measurements, {
        metric: 'angle',
        left: { method: 'ngd', depth: 1 },
        right: { method: 'egd', stepRule: 'curvature', depth },
        pairedBy: ['samples'],
        lost: 0,
      }).map(Math.abs),
    );
    return verdict(distances.length > 0 ? minimum(distances) >= 3 : undefined, {
      expected: 'clearly different',
      measured: distances.length > 0 ? `smallest distance ${formatNumber(minimum(distances))} degrees` : '',
      threshold: 'every pair at least 3° apart',
      missing: 'no pair of an NGD and an EGD trial',
    });
  },
};

const samePath: Claim = {
  id: 'step-rules-follow-one-path',
  statement: 'The curvature step rule, which replaces millions of constant steps, passes through the same separators',
  source: 'natsweep',
  judge: (measurements) => {
    const egd = having(measurements, { method: 'egd' });
    const ranges = groupBy(egd, (m) => [m.params['depth'], m.params['samples'], m.seed]).flatMap((group) => {
      const angles = group.map((m) => m.metrics['angleAtLoss']).filter(isMeasured);
      return new Set(group.map((m) => m.params['stepRule'])).size < 2 || angles.length < 2
        ? []
        : [maximum(angles) - minimum(angles)];
    });
    return verdict(ranges.length > 0 ? maximum(ranges) <= 1 : undefined, {
      expected: '0°',
      measured:
        ranges.length > 0
          ? `range of directions at equal loss ${formatSpread(ranges, 'cases')} degrees, at most ${formatNumber(maximum(ranges))}`
          : '',
      threshold: 'at most 1° at a mean loss of 0.001, in every depth and data set',
      missing: 'no EGD trials that differ in the step rule and reach a loss of 0.001',
    });
  },
};

export const planarClassificationClaims: readonly Claim[] = [
  endsNear({
    id: 'direct-egd-finds-l2-margin',
    statement: 'EGD on the direct parametrisation ends at the ℓ2 large-margin separator',
    where: (depth) => depth === 1,
    metric: 'angleToL2',
  }),
  endsNear({
    id: 'two-layers-find-l1-margin',
    statement: 'EGD through two diagonal layers ends at the ℓ1 large-margin separator',
    where: (depth) => depth === 2,
    metric: 'angleToL1',
  }),
  endsNear({
    id: 'deep-networks-find-the-axis',
    statement: 'EGD through three or more diagonal layers ends at the axis-aligned separator',
    where: (depth) => depth >= 3,
    metric: 'angleToAxis',
  }),
  independentOfDepth,
  differsFromEgd,
  followsNewton,
  samePath,
];
