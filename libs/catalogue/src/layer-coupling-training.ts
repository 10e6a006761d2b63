import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { atLargest, having, metricOf, verdict } from './judging.ts';
import { allBut, formatSpread, groupBy, spread } from './spread.ts';
import { wideTraining } from './wide-training.ts';

const undamped = (measurements: readonly Measurement[]): readonly Measurement[] =>
  having(measurements, { approximation: 'layer-wise', damping: 0 });
const scaleOf = ({ params }: Measurement): number => Number(params['learningRateScale']);
const stepsOf = (m: Measurement): number => metricOf(m, 'stepsToLoss') ?? Infinity;

const everyCoupling: Claim = {
  id: 'every-coupling-isotropic',
  statement: 'For any Σ the layer-wise natural gradient at η = c/α, α = 1ᵀΣ⁻¹1, follows (1 − c)^t',
  source: 'Karakida & Osawa 2020, Theorem 4.1',
  judge: (measurements) => {
    const relevant = atLargest(
      undamped(measurements).filter((m) => scaleOf(m) <= 1),
      'width',
    );
    const groups = groupBy(relevant, ({ params }) => params['coupling']).map((group) => ({
      coupling: String(group[0]!.params['coupling']),
      deviations: group.map((m) => metricOf(m, 'deviationFromIsotropy') ?? Infinity),
    }));
    const holds = groups.every(({ deviations }) => spread(deviations).mean <= 0.15);
    return verdict(groups.length > 0 ? holds : undefined, {
      expected: '0 at infinite width',
      measured: groups.map(({ coupling, deviations }) => `Σ = (${coupling}) ${formatSpread(deviations)}`).join('; '),
      threshold: 'for every Σ, mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network and c ≤ 1 at most 0.15',
      missing: 'no layer-wise trial with damping 0 and c ≤ 1',
    });
  },
};

/** Beyond 2 the linearised network diverges; what a finite one does there stands in the detail. */
const convergesBelowTwo: Claim = {
  id: 'converges-below-two',
  statement: 'The dynamics converge to the global minimum for η = c/α with 0 < c < 2',
  source: 'Karakida & Osawa 2020, Corollary 4.2',
  judge: (measurements) => {
    const relevant = undamped(measurements);
    const [below, above] = [relevant.filter((m) => scaleOf(m) < 2), relevant.filter((m) => scaleOf(m) > 2)];
    const reaching = (some: readonly Measurement[]): string =>
      `${some.filter((m) => stepsOf(m) < Infinity).length} of ${some.length} trials`;
    return verdict(below.length > 0 ? below.every((m) => stepsOf(m) < Infinity) : undefined, {
      expected: 'convergence for every Σ and c',
      measured: `${reaching(below)} reach the target loss`,
      threshold: 'every trial with c < 2 reaches the target loss',
      missing: 'no layer-wise trial with damping 0 and c < 2',
      detail: above.length > 0 ? `with c > 2 ${reaching(above)} do` : undefined,
    });
  },
};

const oneIsFastest: Claim = {
  id: 'one-is-fastest',
  statement: 'c = 1 is the optimal learning rate: the dynamics converge in one iteration',
  source: 'Karakida & Osawa 2020, Corollary 4.2',
  judge: (measurements) => {
    const relevant = atLargest(undamped(measurements), 'width');
    const groups = groupBy(relevant, (m) => [allBut(m, 'learningRateScale'), m.seed]).flatMap((group) => {
      const one = group.find((m) => scaleOf(m) === 1);
      const others = group.filter((m) => scaleOf(m) !== 1).map(stepsOf);
      return one === undefined || others.length === 0 ? [] : [{ steps: stepsOf(one), others: Math.min(...others) }];
    });
    const least = groups.filter(({ steps, others }) => steps < Infinity && steps <= others);
    return verdict(groups.length > 0 ? least.length === groups.length : undefined, {
      expected: 'fewest steps to the target loss at c = 1; one step at infinite width',
      measured:
        `least in ${least.length} of ${groups.length} groups: ` +
        `${formatSpread(
          groups.map(({ steps }) => steps),
          'trials',
        )} steps at c = 1, ` +
        `${formatSpread(
          groups.map(({ others }) => others),
          'trials',
        )} at the best other c`,
      threshold: 'at the widest network no other c needs fewer steps, for every Σ and seed',
      missing: 'needs layer-wise trials with damping 0, c = 1 and another c',
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
