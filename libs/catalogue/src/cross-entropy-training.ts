import { z } from 'zod';
import type { Claim, ExperimentDeclaration } from './declaration.ts';
import { explosions } from './explosions.ts';
import { atLargest, atSmallest, metricOf, verdict } from './judging.ts';
import { formatSlopes, slopesAgainst } from './slopes.ts';
import { formatNumber, formatSpread, groupBy, spread } from './spread.ts';
import { classesOf, wideNetworkParameters, wideNetworkRefusal } from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.extend({
  classes: wideNetworkParameters.shape.classes.unwrap().default('0,1,2').describe('three labels or more, one-hot'),
  approximation: z
    .enum(['exact', 'block-diagonal', 'block-tridiagonal'])
    .default('exact')
    .describe('layer-wise approximation of the Fisher matrix'),
  damping: z.number().min(0).max(1e6).default(0).describe('ρ on the parameters, absolute'),
  outputDamping: z.number().positive().max(1e6).default(0.1).describe('ρ̃ on the softmax metric Λ, absolute'),
  learningRateScale: z.number().positive().max(100).default(0.5).describe('c in η = c/α'),
  steps: z.int().min(1).max(100_000).default(20).describe('steps to take'),
});

const typical = 1e-6;

const sameDynamics: Claim = {
  id: 'same-dynamics',
  statement:
    'With η = c/α every layer-wise approximation trains the softmax outputs as the exact natural gradient does',
  source: 'Karakida & Osawa 2020, S.163 and S.168',
  judge: (measurements) => {
    const relevant = measurements.filter(
      ({ params }) => params['damping'] === 0 && Number(params['outputDamping']) >= typical,
    );
    const perRule = groupBy(relevant, ({ params }) => params['approximation']).map((group) => ({
      rule: String(group[0]!.params['approximation']),
      slopes: slopesAgainst(group, 'width', 'deviationFromTheory'),
      widest: atLargest(group, 'width').map((m) => metricOf(m, 'deviationFromTheory') ?? Infinity),
    }));
    const judgeable = perRule.length > 0 && perRule.every(({ slopes }) => slopes.length > 0);
    return verdict(judgeable ? perRule.every(({ slopes }) => spread(slopes).mean <= -0.25) : undefined, {
      expected: 'all on the curve f ← f − c(Λ + ρ̃I)⁻¹(σ − y) at infinite width',
      measured: perRule.map(({ rule, slopes }) => `${rule} ${formatSlopes(slopes)}`).join('; '),
      threshold:
        'for every rule with ρ̃ ≥ 1e-6, mean log-log slope of max_t ‖σ_t − theory_t‖/‖σ_0 − y‖ against width at most −0.25',
      missing: 'needs damping 0 and two widths for every rule',
      detail: `at the widest network: ${perRule.map(({ rule, widest }) => `${rule} ${formatSpread(widest)}`).join('; ')}`,
    });
  },
};

const explosion: Claim = {
  id: 'explosion-without-output-damping',
  statement: 'Inverting the singular softmax metric without damping Λ causes a gradient explosion',
  source: 'Karakida & Osawa 2020, appendix D',
  judge: (measurements) => {
    const { exploded, measured } = explosions(
      atSmallest(
        measurements.filter(({ params }) => Number(params['outputDamping']) < typical),
        'outputDamping',
      ),
    );
    return verdict(measured.length > 0 ? 2 * exploded.length >= measured.length : undefined, {
      expected: 'training diverges, or the loss exceeds twice its start, as ρ̃ → 0',
      measured: `${exploded.length} of ${measured.length} trials at ρ̃ = ${formatNumber(Number(measured[0]?.params['outputDamping']))}`,
      threshold: 'in at least half of the trials at the smallest ρ̃ below 1e-6',
      missing: 'no trial with outputDamping below 1e-6',
    });
  },
};

/** Appendix D of Karakida & Osawa 2020: layer-wise natural gradients of the cross-entropy loss with double damping. */
export const crossEntropyTraining: ExperimentDeclaration<typeof parameters> = {
  name: 'cross-entropy-training',
  version: 2,
  title: 'Training on the cross-entropy loss by layer-wise natural gradients',
  source: 'Karakida & Osawa 2020, appendix D',
  parameters,
  structuralParameters: ['dataset', 'classes', 'samples', 'depth', 'width', 'activation', 'approximation', 'precision'],
  metrics: {
    initialTrainLoss: { description: 'cross-entropy on the training samples', unit: 'nat' },
    finalTrainLoss: { description: 'the same after the last step', unit: 'nat' },
    peakLossRatio: { description: 'largest training loss over its start', unit: '1' },
    deviationFromTheory: { description: 'max_t ‖σ_t − theory_t‖/‖σ_0 − y‖ on the training samples', unit: '1' },
    finalTrainAccuracy: { description: 'share of training samples on the right class', unit: '1' },
    finalTestAccuracy: { description: 'share of test samples on the right class', unit: '1' },
    droppedDirections: { description: 'null directions left out by the first step', unit: '1' },
    condition: { description: 'condition number of the worst system that the first step solves', unit: '1' },
  },
  traces: {
    trainLoss: { description: 'training loss per step', unit: 'nat' },
    trainLossTheory: { description: 'of the closed recursion in the outputs', unit: 'nat' },
  },
  claims: [sameDynamics, explosion],
  figures: [
    {
      id: 'cross-entropy-curves',
      kind: 'traces',
      title: 'Cross-entropy: measured (circles) and theory (lines)',
      source: 'Karakida & Osawa 2020, S.168',
      measured: 'trainLoss',
      theory: 'trainLossTheory',
      panelBy: ['outputDamping', 'width'],
      seriesBy: 'approximation',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
  ],
  refuse: (params) => {
    if (params.dataset === 'gaussian')
      return 'cross-entropy-training needs labelled classes: dataset must be mnist, fashion-mnist or cifar10';
    if (classesOf(params).length < 3)
      return `classes must name three labels or more for a softmax; it is ${params.classes}`;
    return wideNetworkRefusal(params);
  },
};
