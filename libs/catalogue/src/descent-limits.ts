import { z } from 'zod';
import type { ExperimentDeclaration } from './declaration.ts';
import {
  approachesLinearisedLimit,
  convergesToEachMinimum,
  minimaDiffer,
  predictionsDiffer,
  sameMinimum,
  sharesLimit,
} from './descent-limits-claims.ts';
import { classesOf, wideNetworkParameters, wideNetworkRefusal } from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.extend({
  dataset: wideNetworkParameters.shape.dataset.unwrap().default('gaussian').describe('training and test data'),
  activation: wideNetworkParameters.shape.activation.unwrap().default('tanh').describe('φ'),
  approximation: z
    .enum(['gradient-descent', 'exact', 'block-diagonal', 'block-tridiagonal', 'kfac'])
    .default('exact')
    .describe('the approximation of the Fisher matrix that the step inverts; gradient-descent: none'),
  learningRateScale: z
    .number()
    .positive()
    .max(1.9)
    .default(0.5)
    .describe('c in η = c/α, and in η = c/λ_max(Θ) of gradient descent'),
  tolerance: z
    .number()
    .positive()
    .max(0.1)
    .default(1e-5)
    .describe('descent ends where ‖f(X) − Y‖ is this share of its start'),
  maxSteps: z.int().min(1).max(1_000_000).default(50_000).describe('steps after which it counts as not converged'),
});

const declaration: ExperimentDeclaration<typeof parameters> = {
  name: 'descent-limits',
  version: 1,
  title: 'Where natural and Euclidean gradient descent end: outputs on test points, and parameters',
  source: 'Karakida & Osawa 2020, eq. 14, 22 and 4.4',
  parameters,
  structuralParameters: [
    'dataset',
    'samples',
    'testSamples',
    'depth',
    'width',
    'activation',
    'approximation',
    'precision',
  ],
  metrics: {
    steps: { description: 'steps taken', unit: 'step' },
    finalResidual: { description: '‖f(X) − Y‖ at the end over its start', unit: '1' },
    limitDeviation: {
      description:
        '‖f_∞(x) − (f_0(x) − J(x)Δθ/α)‖/‖f_0(X) − Y‖ on the test points: from the limit of the linearised network, which for ' +
        'gradient-descent is that of the exact rule, with its first step Δθ and α = 1 (eq. 14); this and all that follow: none where descent did not converge',
      unit: '1',
    },
    distanceFromNatural: {
      description: '‖f_∞(x) − f^nat_∞(x)‖/‖f_0(X) − Y‖, f^nat the same network trained by the exact natural gradient',
      unit: '1',
    },
    limitsApart: { description: 'the same between the two linearised networks', unit: '1' },
    parameterDeviation: {
      description:
        '‖θ_∞ − (θ_0 − Δθ/α)‖ over ‖Δθ/α‖, Δθ the first step of the rule (eq. 22); for gradient-descent that of the exact rule, ' +
        'with α = 1 (eq. 14)',
      unit: '1',
    },
    parameterDistanceFromExact: {
      description: '‖θ_∞ − (θ_0 − J⁺(f_0(X) − Y))‖ over ‖J⁺(f_0(X) − Y)‖',
      unit: '1',
    },
    movementOverLeast: { description: '‖θ_∞ − θ_0‖ over ‖J⁺(f_0(X) − Y)‖', unit: '1' },
  },
  traces: {},
  claims: [sameMinimum, convergesToEachMinimum, minimaDiffer, predictionsDiffer],
  figures: [
    {
      id: 'distance-from-exact-minimum',
      kind: 'metric',
      title: 'Distance of the parameters from the minimum of the exact natural gradient',
      source: 'Karakida & Osawa 2020, eq. 14 and 4.4',
      x: 'width',
      measured: 'parameterDistanceFromExact',
      panelBy: ['activation'],
      seriesBy: 'approximation',
      xLabel: 'width M',
      yLabel: '‖θ − θ*‖/‖θ* − θ_0‖ at the end',
      xScale: 'log',
      yScale: 'log',
    },
    {
      id: 'distance-of-predictions',
      kind: 'metric',
      title: 'Distance on test points from the exact natural gradient: measured (circles) and linearised (lines)',
      source: 'Karakida & Osawa 2020, eq. 14 and 4.4',
      x: 'width',
      measured: 'distanceFromNatural',
      theory: 'limitsApart',
      panelBy: ['activation'],
      seriesBy: 'approximation',
      xLabel: 'width M',
      yLabel: '‖f − f^nat‖/‖g_0‖ at the end',
      xScale: 'log',
      yScale: 'log',
    },
  ],
  refuse: (params) => {
    if (params.approximation === 'kfac' && classesOf(params).length > 2)
      return 'kfac is defined for one output, that is two classes (Karakida & Osawa 2020, 4.3)';
    return wideNetworkRefusal(params);
  },
};

/** The limits of every rule (Karakida & Osawa 2020). */
export const descentLimits: typeof declaration = declaration;

/** The limits of exact natural gradient and gradient descent (Rudner et al. 2019, Corollary 2). */
export const sharedLimit: typeof declaration = {
  ...declaration,
  name: 'shared-limit',
  title: 'The common limit of natural and Euclidean gradient descent on test points',
  source: 'Rudner et al. 2019, Corollaries 2 and 5',
  claims: [approachesLinearisedLimit, sharesLimit],
  figures: [
    {
      id: 'limit-deviation',
      kind: 'metric',
      title: 'Distance on test points from f_0 + K(Y − f_0(X)) at the end of training',
      source: 'Rudner et al. 2019, Corollary 2 with 1/(nσ²) in place of 1/n',
      x: 'width',
      measured: 'limitDeviation',
      panelBy: ['activation'],
      seriesBy: 'approximation',
      xLabel: 'width M',
      yLabel: '‖f − f^lin‖/‖f_0(X) − Y‖ at the end',
      xScale: 'log',
      yScale: 'log',
    },
  ],
};
