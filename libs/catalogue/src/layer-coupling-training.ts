import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { atLargest, having, metricOf, verdict } from './judging.ts';
import { isPositiveDefinite } from './layer-coupling.ts';
import { formatSlopes, slopesAgainst } from './slopes.ts';
import { allBut, formatSpread, groupBy, minimum, spread } from './spread.ts';
import { wideTraining } from './wide-training.ts';

const undamped = (measurements: readonly Measurement[]): readonly Measurement[] =>
  having(measurements, { approximation: 'layer-wise', damping: 0 });
const scaleOf = ({ params }: Measurement): number => Number(params['learningRateScale']);
const stepsOf = (m: Measurement): number => metricOf(m, 'stepsToLoss') ?? Infinity;
const deviationOf = (m: Measurement): number => metricOf(m, 'deviationFromIsotropy') ?? Infinity;

/** Trials within the theorem, whose Σ is positive definite, and outside it, each at its widest network. */
function byAssumption(measurements: readonly Measurement[]) {
  const assumed = ({ params }: Measurement): boolean => isPositiveDefinite(String(params['coupling']));
  return {
    inside: atLargest(measurements.filter(assumed), 'width'),
    outside: atLargest(
      measurements.filter((m) => !assumed(m)),
      'width',
    ),
  };
}

const perCoupling = (measurements: readonly Measurement[]) =>
  groupBy(measurements, ({ params }) => params['coupling']).map((group) => ({
    coupling: String(group[0]!.params['coupling']),
    deviations: group.map(deviationOf),
  }));

const describeCouplings = (groups: ReturnType<typeof perCoupling>): string =>
  groups.map(({ coupling, deviations }) => `Σ = (${coupling}) ${formatSpread(deviations)}`).join('; ');

const everyCoupling: Claim = {
  id: 'every-coupling-isotropic',
  statement: 'For any positive definite Σ the layer-wise natural gradient at η = c/α, α = 1ᵀΣ⁻¹1, follows (1 − c)^t',
  source: 'Karakida & Osawa 2020, Theorem 4.1 and Corollary 4.2',
  judge: (measurements) => {
    const { inside, outside } = byAssumption(undamped(measurements).filter((m) => scaleOf(m) <= 1));
    const groups = perCoupling(inside);
    const holds = groups.every(({ deviations }) => spread(deviations).mean <= 0.15);
    return verdict(groups.length > 0 ? holds : undefined, {
      expected: '0 at infinite width',
      measured: describeCouplings(groups),
      threshold:
        'for every positive definite Σ, mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network and c ≤ 1 at most 0.15',
      missing: 'no layer-wise trial with positive definite Σ, damping 0 and c ≤ 1',
      detail:
        outside.length > 0
          ? `outside the theorem, Σ indefinite or singular: ${describeCouplings(perCoupling(outside))}`
          : undefined,
    });
  },
};

/** Beyond 2 the linearised network diverges; what a finite one does there stands in the detail. */
const convergesBelowTwo: Claim = {
  id: 'converges-below-two',
  statement: 'For positive definite Σ the dynamics converge to the global minimum for η = c/α with 0 < c < 2',
  source: 'Karakida & Osawa 2020, Corollary 4.2',
  judge: (measurements) => {
    const below = byAssumption(undamped(measurements).filter((m) => scaleOf(m) < 2));
    const above = byAssumption(undamped(measurements).filter((m) => scaleOf(m) > 2));
    const reaching = (some: readonly Measurement[]): string =>
      `${some.filter((m) => stepsOf(m) < Infinity).length} of ${some.length} trials`;
    const asides = [
      ...(above.inside.length > 0 ? [`with c > 2 ${reaching(above.inside)} do`] : []),
      ...(below.outside.length > 0 ? [`with Σ indefinite or singular and c < 2 ${reaching(below.outside)} do`] : []),
    ];
    return verdict(below.inside.length > 0 ? below.inside.every((m) => stepsOf(m) < Infinity) : undefined, {
      expected: 'convergence for every Σ and c',
      measured: `${reaching(below.inside)} reach the target loss at width ${below.inside[0]?.params['width']}`,
      threshold: 'every trial with positive definite Σ and c < 2 at the widest network reaches the target loss',
      missing: 'no layer-wise trial with positive definite Σ, damping 0 and c < 2',
      detail: asides.length > 0 ? asides.join('; ') : undefined,
    });
  },
};

/**
 * What is left after the first step, and after any later one, is A′/√M (Theorem A.2 at ηα = 1): one step ends training in the limit,
 * and at a finite width only where that is below the target loss. So the claim is judged by the limit of the largest residual after
 * any step, and the steps at finite width stand in the detail.
 */
const oneIsFastest: Claim = {
  id: 'one-is-fastest',
  statement:
    'For positive definite Σ c = 1 is the optimal learning rate: in the infinite-width limit one iteration ends training',
  source: 'Karakida & Osawa 2020, Corollary 4.2 and Theorem A.2',
  judge: (measurements) => {
    const assumed = undamped(measurements).filter(({ params }) => isPositiveDefinite(String(params['coupling'])));
    const perSigma = groupBy(
      assumed.filter((m) => scaleOf(m) === 1),
      ({ params }) => params['coupling'],
    ).map((group) => ({
      coupling: String(group[0]!.params['coupling']),
      slopes: slopesAgainst(group, 'width', 'deviationFromIsotropy'),
    }));
    const { inside } = byAssumption(undamped(measurements));
    const ones = inside.filter((m) => scaleOf(m) === 1);
    const races = groupBy(inside, (m) => [allBut(m, 'learningRateScale'), m.seed]).flatMap((group) => {
      const one = group.find((m) => scaleOf(m) === 1);
      const others = group.filter((m) => scaleOf(m) !== 1).map(stepsOf);
      return one === undefined || others.length === 0 ? [] : [{ steps: stepsOf(one), others: minimum(others) }];
    });
    const won = races.filter(({ steps, others }) => steps < Infinity && steps <= others).length;
    const vanishes = perSigma.every(({ slopes }) => spread(slopes).mean <= -0.25);
    const judgeable = perSigma.length > 0 && perSigma.every(({ slopes }) => slopes.length > 0) && races.length > 0;
    return verdict(judgeable ? vanishes && won === races.length : undefined, {
      expected: 'a largest residual after any step that vanishes as 1/√M, and no faster c',
      measured:
        `largest residual after any step against width: ` +
        perSigma.map(({ coupling, slopes }) => `Σ = (${coupling}) ${formatSlopes(slopes)}`).join('; ') +
        `; no other c needs fewer steps in ${won} of ${races.length} groups`,
      threshold:
        'for every positive definite Σ mean log-log slope at most −0.25, and no other c faster in any group at the widest network',
      missing: 'needs positive definite Σ with damping 0, at c = 1 and two widths, and beside it another c',
      detail:
        `at c = 1 and width ${ones[0]?.params['width']} ${formatSpread(ones.map(deviationOf))} of ‖g_0‖ is left at most after any step, and ` +
        `${formatSpread(ones.map(stepsOf))} steps lead to the target loss, one in ${ones.filter((m) => stepsOf(m) === 1).length} trials`,
    });
  },
};

/** Theorem 4.1 of Karakida & Osawa 2020: the trials of `wide-training`, with the claims on layer-wise metrics of any Σ. */
export const layerCouplingTraining: ExperimentDeclaration<typeof wideTraining.parameters> = {
  ...wideTraining,
  name: 'layer-coupling-training',
  title: 'Layer-wise natural gradient descent for any coupling of the layers',
  source: 'Karakida & Osawa 2020, Theorem 4.1 and Corollary 4.2',
  claims: [everyCoupling, convergesBelowTwo, oneIsFastest],
  figures: [
    {
      id: 'curves-by-coupling',
      kind: 'traces',
      title: 'Training loss for each Σ, by rows: measured (circles) and (1 − c)^{2t} (lines)',
      source: 'Karakida & Osawa 2020, Theorem 4.1 and Corollary 4.2',
      measured: 'trainLoss',
      theory: 'trainLossTheory',
      panelBy: ['learningRateScale', 'width'],
      seriesBy: 'coupling',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
  ],
};
