import {
  convergedDiscrepancyBound,
  discrepancyBound,
  flowOutputs,
  flowResidual,
  kernelDriftIntegral,
  kernelMovementBound,
  kernelMovementLimit,
  stillDiscrepancyBound,
} from '@natsweep/theory';
import type { BoundSample, KernelSample } from '@natsweep/theory';
import { norm } from './squared-loss.ts';

/**
 * What is kept of the network after k steps of size h. Its τ is −k ln(1 − h), when the flow has contracted as much as the
 * steps have: what is left between network and linearised flow then is the network's nonlinearity, not the step size.
 */
export interface FlowSample extends BoundSample, KernelSample {
  /** f_τ(X) − Y */
  readonly residual: Float64Array;
  /** f_τ(x) */
  readonly outputs: Float64Array;
  /** K_τ (f_τ(X) − Y) */
  readonly pull: Float64Array;
  /** Largest entry of K_τ(X, X) − I. */
  readonly naturalNtkError: number;
  /** Condition number of G_τ(X). */
  readonly condition: number;
  /** Null directions that the step left out. */
  readonly dropped: number;
  /** ‖θ_τ − θ^lin_τ‖ (Proposition 5) */
  readonly parameterDistance: number;
}

export interface FlowStart {
  /** λ_max(G_0(x)) */
  readonly largestGram: number;
  /** ‖J⁺(f_0(X) − Y)‖, how far the linearised network moves in all. */
  readonly totalMovement: number;
}

export interface FlowSettings {
  readonly stepSize: number;
  readonly noiseVariance: number;
}

export function trainingMetrics(samples: readonly FlowSample[], { stepSize }: FlowSettings): Record<string, number> {
  const first = samples[0]!;
  const scale = norm(first.residual);
  const worst = (remaining: (k: number) => Float64Array): number =>
    Math.max(...samples.map(({ residual }, k) => distance(residual, remaining(k)))) / scale;
  const velocity = samples.slice(1).map(({ outputs }, k) => {
    const before = samples[k]!;
    return norm(outputs.map((value, i) => (value - before.outputs[i]!) / stepSize + before.pull[i]!));
  });
  return {
    trainError: worst((k) => flowResidual(first.residual, k * stepSize)),
    discreteTrainError: worst((k) => first.residual.map((value) => (1 - stepSize) ** k * value)),
    velocityError: Math.max(...velocity) / norm(first.pull),
    naturalNtkError: Math.max(...samples.map(({ naturalNtkError }) => naturalNtkError)),
    condition: Math.max(...samples.map(({ condition }) => condition)),
    droppedDirections: samples.reduce((sum, { dropped }) => sum + dropped, 0),
  };
}

/** Against the linearised network, with the coefficient K and with σ²K as printed. */
export function predictionMetrics(
  samples: readonly FlowSample[],
  { noiseVariance }: FlowSettings,
  { totalMovement }: FlowStart,
): Record<string, number> {
  const scale = norm(samples[0]!.residual);
  return {
    discrepancy: Math.max(...discrepancies(samples, 1)) / scale,
    printedDiscrepancy: Math.max(...discrepancies(samples, noiseVariance)) / scale,
    parameterDiscrepancy: Math.max(...samples.map(({ parameterDistance }) => parameterDistance)) / totalMovement,
  };
}

/** Theorem 1, the steps of its proof, and its corollaries. */
export function boundMetrics(samples: readonly FlowSample[], { largestGram }: FlowStart): Record<string, number> {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const start = { residual: norm(first.residual), largestGram };
  const discrepancy = discrepancies(samples, 1);
  const bound = discrepancyBound(start, samples);
  const kernelBound = kernelMovementBound(start.residual, samples);
  const integral = kernelDriftIntegral(samples);
  const integralErrors = departures(samples, 1).map((departure, k) => distance(departure, integral[k]!));
  const largestRatio = (over: readonly number[], under: readonly number[], from = 1): number =>
    Math.max(...over.slice(from).map((value, k) => value / under[k + from]!));
  // before that, what a step adds by its size is as large as the drift of the kernel
  const settled = Math.max(
    1,
    samples.findIndex(({ tau }) => tau >= Math.min(1, last.tau)),
  );
  return {
    finalBound: bound.at(-1)! / start.residual,
    boundRatio: largestRatio(discrepancy, bound),
    boundOverStill: bound.at(-1)! / stillDiscrepancyBound(start, first, last.tau),
    kernelBoundRatio: largestRatio(discrepancy, kernelBound, settled),
    kernelBoundOverBound: largestRatio(kernelBound, bound),
    kernelMovementRatio: Math.max(
      ...samples.map((sample) => sample.kernelMovement / kernelMovementLimit(largestGram, first, sample)),
    ),
    integralError: Math.max(...integralErrors) / Math.max(...discrepancy),
    convergedBoundRatio: discrepancy.at(-1)! / convergedDiscrepancyBound(start, first.smallestGram),
    jacobianMovement: Math.max(...samples.map(({ jacobianMovement }) => jacobianMovement)) / Math.sqrt(largestGram),
    gramShrinkage: Math.min(...samples.map(({ smallestGram }) => smallestGram)) / first.smallestGram,
  };
}

export function flowTraces(samples: readonly FlowSample[], { stepSize }: FlowSettings, { largestGram }: FlowStart) {
  const scale = norm(samples[0]!.residual);
  return {
    trainNorm: samples.map(({ residual }) => norm(residual)),
    trainNormTheory: samples.map((_, k) => Math.exp(-k * stepSize) * scale),
    discrepancy: discrepancies(samples, 1),
    kernelDrift: kernelDriftIntegral(samples).map(norm),
    bound: discrepancyBound({ residual: scale, largestGram }, samples),
  };
}

/** f^lin_τ(x) − f_τ(x) with a coefficient of K. */
function departures(samples: readonly FlowSample[], coefficient: number): Float64Array[] {
  const { outputs: outputs0, pull } = samples[0]!;
  return samples.map(({ tau, outputs }) =>
    flowOutputs(outputs0, pull, tau, coefficient).map((value, i) => value - outputs[i]!),
  );
}

const discrepancies = (samples: readonly FlowSample[], coefficient: number): number[] =>
  departures(samples, coefficient).map(norm);

function distance(a: Float64Array, b: Float64Array): number {
  return norm(a.map((value, i) => value - b[i]!));
}
