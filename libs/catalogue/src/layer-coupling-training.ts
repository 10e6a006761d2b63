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

const convergesBelowTwo: Claim = {
  id: 'converges-below-two',
  statement: 'The dynamics converge to the global minimum for η = c/α with 0 < c < 2',
  source: 'Karakida & Osawa 2020, Corollary 4.2',
  judge: (measurements) => {
    const [below, above] = [
      undamped(measurements).filter((m) => scaleOf(m) < 2),
      undamped(measurements).filter((m) => scaleOf(m) > 2),
    ];
    const [reached, diverged] = [
      below.filter((m) => stepsOf(m) < Infinity),
      above.filter((m) => !(stepsOf(m) < Infinity)),
    ];
    const holds = reached.length === below.length && diverged.length === above.length;
    return verdict(below.length > 0 && above.length > 0 ? holds : undefined, {
      expected: 'convergence for every c below 2 and none above',
      measured: `${reached.length} of ${below.length} trials below reach the target loss, ${above.length - diverged.length} of ${above.length} above`,
      threshold: 'all of them below, none above',
      missing: 'needs layer-wise trials with damping 0 and c below and above 2',
    });
  },
};

const oneIsFastest: Claim = {
  id: 'one-is-fastest',
  statement: 'c = 1 is the optimal learning rate: the dynamics converge in one iteration',
  source: 'Karakida & Osawa 2020, Corollary 4.2',
  judge: (measurements) => {
    const groups = groupBy(undamped(measurements), (m) => [allBut(m, 'learningRateScale'), m.seed]).flatMap((group) => {
      const one = group.find((m) => scaleOf(m) === 1);
      const others = group.filter((m) => scaleOf(m) !== 1);
      return one === undefined || others.length === 0 ? [] : [{ one, others }];
    });
    const fastest = groups.filter(({ one, others }) => others.every((m) => stepsOf(one) < stepsOf(m)));
    const steps = atLargest(
      groups.map(({ one }) => one),
      'width',
    ).map(stepsOf);
    return verdict(groups.length > 0 ? fastest.length === groups.length : undefined, {
      expected: 'fewest steps at c = 1 for every Σ, width and seed; one step at infinite width',
      measured: `${fastest.length} of ${groups.length} groups; at the widest network ${formatSpread(steps)} steps to the target loss`,
      threshold: 'in every group',
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
