import type { Claim, Measurement } from './declaration.ts';
import { having, valuesOfEvery, verdict } from './judging.ts';
import { formatNumber, maximum, minimum } from './spread.ts';

const source = 'Kerekes et al. 2021, Fig. 3';
const deep = (m: Measurement): boolean => Number(m.params['depth']) >= 2;

function bounded(claim: {
  readonly id: string;
  readonly statement: string;
  readonly select: (measurements: readonly Measurement[]) => readonly Measurement[];
  readonly metric: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}): Claim {
  const { atMost = Infinity, atLeast = -Infinity } = claim;
  return {
    id: claim.id,
    statement: claim.statement,
    source,
    judge: (measurements) => {
      const missing = claim.atMost === undefined ? -Infinity : Infinity;
      const values = valuesOfEvery(claim.select(measurements), claim.metric, missing);
      const [least, most] = [minimum(values), maximum(values)];
      return verdict(values.length > 0 ? most <= atMost && least >= atLeast : undefined, {
        expected: claim.atMost === undefined ? 'clearly positive' : '0',
        measured: `${claim.metric} between ${formatNumber(least)} and ${formatNumber(most)} (${values.length} trials)`,
        threshold:
          claim.atMost === undefined ? `at least ${atLeast} in every trial` : `at most ${atMost} in every trial`,
        missing: 'no such trial',
      });
    },
  };
}

const naturalStep: Claim = {
  id: 'natural-step-moves-one-entry',
  statement: 'A finite natural gradient step moves almost only the observed entry',
  source,
  judge: (measurements) => {
    const values = valuesOfEvery(having(measurements, { method: 'ngd' }).filter(deep), 'identityDistance', Infinity);
    const sorted = values.toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1];
    return verdict(median === undefined ? undefined : median <= 0.1, {
      expected: '0 to first order in η',
      measured:
        median === undefined
          ? ''
          : `median identityDistance ${formatNumber(median)}, at most ${formatNumber(sorted.at(-1)!)} (${sorted.length} trials)`,
      threshold: 'median at most 0.1',
      missing: 'no NGD trial of two or more factors',
      detail: 'Single draws of three and more factors are so ill-conditioned that even η = 0.01 is not small for them.',
    });
  },
};

export const tangentKernelClaims: readonly Claim[] = [
  bounded({
    id: 'direct-egd-moves-one-entry',
    statement: 'On the direct parametrisation only the observed entry moves',
    select: (measurements) => having(measurements, { depth: 1 }),
    metric: 'identityDistance',
    atMost: 1e-12,
  }),
  bounded({
    id: 'two-factors-move-a-cross',
    statement: 'With two factors the Euclidean gradient moves exactly the row and the column of the observed entry',
    select: (measurements) => having(measurements, { method: 'egf', depth: 2 }),
    metric: 'fieldShare',
    atMost: 1e-24,
  }),
  bounded({
    id: 'the-cross-is-visible',
    statement: 'With two factors the Euclidean gradient moves unobserved entries',
    select: (measurements) => having(measurements, { method: 'egf', depth: 2 }),
    metric: 'crossShare',
    atLeast: 0.05,
  }),
  bounded({
    id: 'three-factors-move-all-entries',
    statement: 'With three or more factors the Euclidean gradient moves entries everywhere',
    select: (measurements) => having(measurements, { method: 'egf' }).filter((m) => Number(m.params['depth']) >= 3),
    metric: 'fieldShare',
    atLeast: 0.01,
  }),
  bounded({
    id: 'natural-systems-are-solved',
    statement:
      'The linear systems of the natural gradients are solved: what their panels show is not an error of the solver',
    select: (measurements) => [...having(measurements, { method: 'ngf' }), ...having(measurements, { method: 'ngd' })],
    metric: 'solveResidual',
    atMost: 1e-8,
  }),
  bounded({
    id: 'natural-flow-moves-one-entry',
    statement: 'Natural gradient flow moves only the observed entry, whatever the depth',
    select: (measurements) => having(measurements, { method: 'ngf' }).filter(deep),
    metric: 'identityDistance',
    atMost: 1e-8,
  }),
  naturalStep,
];
