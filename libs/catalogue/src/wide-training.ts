import { maxValueLength } from '@natsweep/sweep';
import { z } from 'zod';
import type { ExperimentDeclaration } from './declaration.ts';
import { couplingProblem } from './layer-coupling.ts';
import {
  classesOf,
  kfacParameters,
  kfacRefusal,
  wideNetworkParameters,
  wideNetworkRefusal,
} from './wide-network-parameters.ts';
import { deviationShrinksWithWidth, followsIsotropicDecay, outpacesGradientDescent } from './wide-training-claims.ts';

const parameters = wideNetworkParameters.extend({
  ...kfacParameters.shape,
  approximation: z
    .enum([
      'gradient-descent',
      'exact',
      'block-diagonal',
      'block-tridiagonal',
      'layer-wise',
      'kfac',
      'unit-wise',
      'diagonal',
      'quasi-diagonal',
    ])
    .default('exact')
    .describe('the approximation of the Fisher matrix that the step inverts; gradient-descent: none'),
  coupling: z
    .string()
    .max(maxValueLength)
    .default('')
    .describe('Σ of layer-wise, row by row: 1,0.5;0.5,1 for two layers'),
  damping: z.number().min(0).max(1e6).default(0).describe('ρ, as dampingUnit says; 0 is the limit ρ → 0'),
  dampingUnit: z
    .enum(['absolute', 'relative'])
    .default('absolute')
    .describe('relative: ρ = damping · tr Θ/(NC), the mean eigenvalue of the tangent kernel at the start'),
  learningRateScale: z
    .number()
    .positive()
    .max(100)
    .default(1)
    .describe(
      'c in η = c/α (isotropic rules) and η = c/λ_max(Θ̄) (the others: gradient descent, diagonal, quasi-diagonal, separate biases)',
    ),
  steps: z.int().min(1).max(100_000).default(30).describe('steps to take'),
  theoryDynamics: z
    .enum(['steps', 'flow'])
    .default('steps')
    .describe('closed forms in steps, as (1 − ηα)^t, or in flow time, as e^{−ηαt}'),
  targetLoss: z
    .number()
    .positive()
    .max(1)
    .default(0.01)
    .describe('fraction of the initial training loss that counts as converged'),
});

/** The training curves of Karakida & Osawa 2020, Fig. 1 and Fig. S.1, on any axis of their theory. */
export const wideTraining: ExperimentDeclaration<typeof parameters> = {
  name: 'wide-training',
  version: 3,
  title: 'Training wide networks by natural and Euclidean gradient descent against their closed-form curves',
  source: 'Karakida & Osawa 2020, Fig. 1 and Fig. S.1',
  parameters,
  structuralParameters: ['dataset', 'classes', 'samples', 'depth', 'width', 'activation', 'approximation', 'precision'],
  metrics: {
    initialTrainLoss: { description: '‖f_0 − y‖²/(2N) on the training samples', unit: '1' },
    finalTrainLoss: { description: 'the same after the last step', unit: '1' },
    deviationFromTheory: {
      description:
        'max_t ‖(f_t − y) − theory_t‖/‖f_0 − y‖ on the training samples; none where the closed form itself diverges',
      unit: '1',
    },
    deviationFromAnalytic: {
      description:
        'the same against infinite width: its kernels; (1 − c)^t for unit-wise, whatever ρ (eq. 24); none for entry-wise metrics',
      unit: '1',
    },
    deviationFromIsotropy: {
      description: 'max_t ‖(f_t − y) − (1 − c)^t (f_0 − y)‖/‖f_0 − y‖: the distance from the curve of damping 0',
      unit: '1',
    },
    peakLossRatio: { description: 'largest training loss over its start', unit: '1' },
    contractionPerStep: {
      description: 'geometric mean of ‖f_{t+1} − y‖/‖f_t − y‖ until the residual is 1 % of its start',
      unit: '1',
    },
    stepsToLoss: { description: 'first step at which the loss is at most targetLoss times its start', unit: 'step' },
    finalTrainAccuracy: { description: 'share of training samples on the right side', unit: '1' },
    finalTestLoss: { description: '‖f − y‖²/(2N′) on the test samples after the last step', unit: '1' },
    finalTestAccuracy: { description: 'share of test samples on the right side after the last step', unit: '1' },
    testDeviationFromTheory: {
      description: 'max_t ‖f_t(x′) − theory_t‖/‖f_0 − y‖ on the test samples; none where the closed form diverges',
      unit: '1',
    },
    testDeviationFromAnalytic: {
      description: 'the same against the kernels of infinite width; none for unit-wise and entry-wise metrics',
      unit: '1',
    },
    learningRate: { description: 'η', unit: '1' },
    absoluteDamping: { description: 'ρ', unit: '1' },
    relativeDamping: {
      description: 'ρ over tr Θ/(NC), the mean eigenvalue of the tangent kernel at the start',
      unit: '1',
    },
    alpha: { description: 'isotropy constant; for rules that are not isotropic λ_max(Θ̄)', unit: '1' },
    condition: { description: 'condition number of the worst system that the first step solves', unit: '1' },
    droppedDirections: { description: 'null directions left out by the first step', unit: '1' },
    negativeDirections: { description: 'negative eigenvalues of the metric of the first step', unit: '1' },
    poleDistance: { description: 'min |λ + ρ| over the eigenvalues λ of that metric', unit: '1' },
  },
  traces: {
    trainLoss: { description: 'training loss per step', unit: '1' },
    testLoss: { description: 'loss on the test samples per step', unit: '1' },
    testLossTheory: { description: 'of the linearised network, up to where it diverges', unit: '1' },
    testLossAnalytic: { description: 'of the network of infinite width, started from the same outputs', unit: '1' },
    trainLossAnalytic: { description: 'of the network of infinite width, started from the same outputs', unit: '1' },
    trainLossTheory: {
      description: 'the closed-form curve of the linearised network, up to where it diverges',
      unit: '1',
    },
  },
  claims: [followsIsotropicDecay, outpacesGradientDescent, deviationShrinksWithWidth],
  figures: [
    {
      id: 'training-curves',
      kind: 'traces',
      title: 'Training loss: measured (circles) and closed form (lines)',
      source: 'Karakida & Osawa 2020, Fig. 1(a)',
      measured: 'trainLoss',
      theory: 'trainLossTheory',
      panelBy: ['depth', 'width', 'damping'],
      seriesBy: 'approximation',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
    {
      id: 'test-curves',
      kind: 'traces',
      title: 'Test loss: measured (circles) and closed form (lines)',
      source: 'Karakida & Osawa 2020, eq. 10',
      measured: 'testLoss',
      theory: 'testLossTheory',
      panelBy: ['depth', 'width', 'damping'],
      seriesBy: 'approximation',
      xLabel: 'step',
      yLabel: 'test loss',
      yScale: 'log',
    },
    {
      id: 'training-curves-infinite-width',
      kind: 'traces',
      title: 'Training loss: measured (circles) and at infinite width (lines)',
      source: 'Karakida & Osawa 2020, Fig. 1(a) and appendix E',
      measured: 'trainLoss',
      theory: 'trainLossAnalytic',
      panelBy: ['depth', 'width', 'damping'],
      seriesBy: 'approximation',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
    {
      id: 'test-curves-infinite-width',
      kind: 'traces',
      title: 'Test loss: measured (circles) and at infinite width (lines)',
      source: 'Karakida & Osawa 2020, eq. 10 and appendix E',
      measured: 'testLoss',
      theory: 'testLossAnalytic',
      panelBy: ['depth', 'width', 'damping'],
      seriesBy: 'approximation',
      xLabel: 'step',
      yLabel: 'test loss',
      yScale: 'log',
    },
    {
      id: 'deviation-against-width',
      kind: 'metric',
      title: 'Distance from the closed-form curve',
      source: 'Karakida & Osawa 2020, Theorem A.3',
      x: 'width',
      measured: 'deviationFromTheory',
      panelBy: ['depth'],
      seriesBy: 'approximation',
      only: { damping: 0 },
      xLabel: 'width M',
      yLabel: 'max_t ‖g_t − theory‖/‖g_0‖',
      xScale: 'log',
      yScale: 'log',
    },
  ],
  refuse: (params) => {
    const outputs = classesOf(params).length === 2 ? 1 : classesOf(params).length;
    if (params.approximation === 'gradient-descent' && params.damping > 0)
      return 'gradient-descent inverts no metric: damping must be 0 there (make the axis conditional with when)';
    if (['diagonal', 'quasi-diagonal'].includes(params.approximation)) {
      if (params.damping === 0)
        return `${params.approximation} needs a positive damping: units without active samples have no entries`;
      if (outputs > 1) return `${params.approximation} is followed by theory for one output, that is two classes`;
    }
    if ((params.approximation === 'kfac' || params.approximation === 'unit-wise') && outputs > 1)
      return `${params.approximation} is defined for one output, that is two classes (Karakida & Osawa 2020, 4.3 and 5); classes names ${outputs}`;
    if (params.approximation === 'layer-wise') {
      const problem = couplingProblem(params.coupling, params.depth);
      if (problem !== undefined) return problem;
    }
    return kfacRefusal(params) ?? wideNetworkRefusal(params);
  },
};
