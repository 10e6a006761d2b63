import { z } from 'zod';
import type { ExperimentDeclaration } from './declaration.ts';
import {
  boundHolds,
  boundStepsHold,
  boundTight,
  corollaryHolds,
  distanceIsKernelDrift,
  kernelMovementBounded,
  tendsToStillBound,
} from './natural-flow-bound-claims.ts';
import {
  linearisedPredicts,
  parametersFollow,
  printedCoefficient,
  printedParameters,
} from './natural-flow-prediction-claims.ts';
import {
  linearisedAlike,
  naturalNtkIdentity,
  naturalNtkMovesTestPoints,
  reluFollowsToo,
  trainingCurveExact,
} from './natural-flow-training-claims.ts';
import { wideNetworkParameters, wideNetworkRefusal } from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.extend({
  dataset: wideNetworkParameters.shape.dataset.unwrap().default('gaussian').describe('training and test data'),
  activation: wideNetworkParameters.shape.activation.unwrap().default('tanh').describe('φ'),
  stepSize: z.number().positive().max(0.9).default(0.05).describe('h = ησ²Δt of one step, dimensionless'),
  flowTime: z.number().positive().max(100).default(4).describe('ησ²t at the end, dimensionless'),
  noiseVariance: z.number().positive().max(1000).default(1).describe('σ² of the Gaussian likelihood'),
});

const declaration: ExperimentDeclaration<typeof parameters> = {
  name: 'natural-flow',
  version: 3,
  title: 'Small-step natural gradient descent against the natural neural tangent kernel',
  source: 'Rudner et al. 2019, Propositions 1, 3 and 4, and Corollary 1',
  parameters,
  structuralParameters: ['dataset', 'samples', 'testSamples', 'depth', 'width', 'activation', 'precision'],
  metrics: {
    trainError: { description: 'max_k ‖f_k(X) − Y − e^{−kh}(f_0 − Y)‖/‖f_0 − Y‖ over steps of size h', unit: '1' },
    discreteTrainError: { description: 'the same against (1 − h)^k', unit: '1' },
    velocityError: {
      description: 'max_k ‖(f_{k+1}(x) − f_k(x))/h + K_k (f_k(X) − Y)‖/‖K_0 (f_0(X) − Y)‖ on the test points',
      unit: '1',
    },
    discrepancy: {
      description: 'max_τ ‖f^lin_τ(x) − f_τ(x)‖/‖f_0(X) − Y‖ on the test points, τ = −k ln(1 − h)',
      unit: '1',
    },
    printedDiscrepancy: { description: 'the same with the coefficient σ²K that eq. 17 prints', unit: '1' },
    parameterDiscrepancy: {
      description: 'max_τ ‖θ_τ − θ^lin_τ‖/‖θ^lin_∞ − θ_0‖, θ^lin_τ = θ_0 − (1 − e^{−τ}) J⁺(f_0(X) − Y)',
      unit: '1',
    },
    printedParameterDiscrepancy: {
      description: 'the same at the end with (1 − e^{−τ})(J⁺(f_0(X) − Y) + θ_0), which eq. 84 prints',
      unit: '1',
    },
    finalBound: { description: 'Theorem 1 at the end, over ‖f_0(X) − Y‖', unit: '1' },
    boundRatio: { description: 'max_τ discrepancy/bound', unit: '1' },
    boundOverStill: {
      description: 'Theorem 1 at the end over 2 ‖f_0(X) − Y‖ √(λ_max(G_0(x))/λ_min(G_0(X))) (1 − e^{−τ})',
      unit: '1',
    },
    kernelBoundRatio: {
      description: 'discrepancy over ‖f_0(X) − Y‖ ∫ ‖K_0 − K_s‖ e^{−s} ds (eq. 125), largest from τ = 1 on',
      unit: '1',
    },
    kernelBoundOverBound: { description: 'max_τ of that integral bound over Theorem 1', unit: '1' },
    kernelMovementRatio: { description: 'max_τ ‖K_0 − K_τ‖₂ over its bound in Lemma 1', unit: '1' },
    integralError: {
      description: 'max_τ ‖(f^lin − f) − ∫ (K_s − K_0)(f_0(X) − Y) e^{−s} ds‖ (eq. 119) over the largest discrepancy',
      unit: '1',
    },
    convergedBoundRatio: { description: 'final discrepancy over the bound of Corollary 7', unit: '1' },
    jacobianMovement: { description: 'max_τ ‖J_0(x) − J_τ(x)‖₂/‖J_0(x)‖₂ (Assumption 5: at most 1)', unit: '1' },
    gramShrinkage: { description: 'min_τ λ_min(G_τ(X))/λ_min(G_0(X)) (Assumption 6 as used: at least 1)', unit: '1' },
    condition: {
      description: 'largest condition number of G_τ(X) along the way, the matrix that each step solves',
      unit: '1',
    },
    droppedDirections: { description: 'null directions of G left out, summed over the steps', unit: '1' },
    naturalNtkError: { description: 'largest entry of Θ^nat_τ(X, X)/(nσ²) − I along the way', unit: '1' },
  },
  traces: {
    trainNorm: { description: '‖f_τ(X) − Y‖ per step', unit: '1' },
    trainNormTheory: { description: 'e^{−kh}‖f_0 − Y‖', unit: '1' },
    discrepancy: { description: '‖f^lin_τ(x) − f_τ(x)‖ per step', unit: '1' },
    kernelDrift: { description: '‖∫ (K_s − K_0)(f_0(X) − Y) e^{−s} ds‖ per step (eq. 119)', unit: '1' },
    bound: { description: 'Theorem 1 per step', unit: '1' },
  },
  claims: [trainingCurveExact, reluFollowsToo, linearisedAlike, naturalNtkIdentity, naturalNtkMovesTestPoints],
  figures: [
    {
      id: 'training-norm',
      kind: 'traces',
      title: 'Residual on the training points: measured (circles) and e^{−τ} (lines)',
      source: 'Rudner et al. 2019, Proposition 1',
      measured: 'trainNorm',
      theory: 'trainNormTheory',
      panelBy: ['activation', 'width'],
      seriesBy: 'stepSize',
      xLabel: 'step',
      yLabel: '‖f(X) − Y‖',
      yScale: 'log',
    },
    {
      id: 'error-against-step',
      kind: 'metric',
      title: 'Error beyond (1 − h)^k against the step size',
      source: 'Rudner et al. 2019, Proposition 1',
      x: 'stepSize',
      measured: 'discreteTrainError',
      panelBy: ['width'],
      seriesBy: 'activation',
      xLabel: 'step size h',
      yLabel: 'error',
      xScale: 'log',
      yScale: 'log',
    },
  ],
  refuse: (params) => {
    if (params.normalisation === 'none' && params.dataset !== 'gaussian')
      return 'natural-flow runs images on unit-norm inputs';
    return wideNetworkRefusal({ ...params, approximation: 'exact' });
  },
};

/** Proposition 1: the curve on the training points. */
export const naturalFlowTraining: typeof declaration = { ...declaration, name: 'natural-flow-training' };

/** Proposition 2: the linearised network on test points. */
export const naturalFlowPrediction: typeof declaration = {
  ...declaration,
  name: 'natural-flow-prediction',
  title: 'The linearised network under natural gradient flow on test points',
  source: 'Rudner et al. 2019, Propositions 2, 5 and 6',
  claims: [linearisedPredicts, printedCoefficient, parametersFollow, printedParameters],
  figures: [
    {
      id: 'discrepancy-against-width',
      kind: 'metric',
      title: 'Distance from the linearised network: coefficient K (circles) and σ²K as printed (lines)',
      source: 'Rudner et al. 2019, Proposition 2 with 1/(nσ²) in place of 1/n, and eq. 17 and 87',
      x: 'width',
      measured: 'discrepancy',
      theory: 'printedDiscrepancy',
      panelBy: ['activation'],
      seriesBy: 'noiseVariance',
      xLabel: 'width M',
      yLabel: 'max ‖f^lin − f‖/‖f_0(X) − Y‖ on test points',
      xScale: 'log',
      yScale: 'log',
    },
    {
      id: 'parameter-discrepancy-against-width',
      kind: 'metric',
      title: 'Distance of the parameters from those of the linearised network',
      source: 'Rudner et al. 2019, Proposition 5 with its errors put right',
      x: 'width',
      measured: 'parameterDiscrepancy',
      panelBy: ['activation'],
      seriesBy: 'noiseVariance',
      only: { noiseVariance: 1 },
      xLabel: 'width M',
      yLabel: 'max ‖θ − θ^lin‖ over the way of θ^lin',
      xScale: 'log',
      yScale: 'log',
    },
  ],
};

/** Theorem 1: discrepancy and bound. */
export const naturalFlowBound: typeof declaration = {
  ...declaration,
  name: 'natural-flow-bound',
  title: 'Distance of the network from its linearisation against its bound',
  source: 'Rudner et al. 2019, Theorem 1 and Corollary 7',
  claims: [
    boundHolds,
    corollaryHolds,
    distanceIsKernelDrift,
    kernelMovementBounded,
    boundStepsHold,
    tendsToStillBound,
    boundTight,
  ],
  figures: [
    {
      id: 'discrepancy-and-bound',
      kind: 'traces',
      title: 'Discrepancy (circles) and its bound (lines)',
      source: 'Rudner et al. 2019, Theorem 1',
      measured: 'discrepancy',
      theory: 'bound',
      panelBy: ['activation'],
      seriesBy: 'width',
      xLabel: 'step',
      yLabel: '‖f^lin − f‖',
      yScale: 'log',
    },
    {
      id: 'discrepancy-and-kernel-drift',
      kind: 'traces',
      title: 'Discrepancy (circles) and the integral of the drift of the natural NTK (lines)',
      source: 'Rudner et al. 2019, eq. 119',
      measured: 'discrepancy',
      theory: 'kernelDrift',
      panelBy: ['activation'],
      seriesBy: 'width',
      xLabel: 'step',
      yLabel: '‖f^lin − f‖',
      yScale: 'log',
    },
  ],
};
