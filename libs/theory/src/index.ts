export { effectiveRank } from './effective-rank.ts';
export { loadLargeMarginSolver, NoLargeMarginError } from './large-margin.ts';
export type { LargeMargin, LargeMarginSolver, SignedInputs } from './large-margin.ts';
export { leastSquaresInterpolant } from './least-squares-interpolant.ts';
export { naturalFlowMargins, naturalFlowSeparator } from './logistic-natural-flow.ts';
export { marginRatio, marginStationarity } from './margin-optimality.ts';
export type { MarginCandidate } from './margin-optimality.ts';
export { nuclearNormCompletion } from './nuclear-norm-completion.ts';
export type { NuclearNormCompletion } from './nuclear-norm-completion.ts';
export { cosine, gaussianAccuracy, powerNorm } from './separators.ts';
export { sparseMargin } from './sparse-margin.ts';
export { activeFraction, secondMoment } from './activation-moments.ts';
export { coefficientMatrix, layerWiseCoefficient } from './coefficient-matrix.ts';
export type { Samples } from './coefficient-matrix.ts';
export { blockTridiagonalAlpha, isotropyConstant } from './isotropy.ts';
export type { IsotropicApproximation } from './isotropy.ts';
export { kfacCoefficient } from './kfac-coefficient.ts';
export { isotropicOutputs, isotropicResiduals, linearisedTrajectory } from './linearised-trajectory.ts';
export type { IsotropicPace, Trajectory, TrajectoryOptions } from './linearised-trajectory.ts';
export { signalPropagation } from './signal-propagation.ts';
export type { SignalPropagation } from './signal-propagation.ts';
export { analyticCoefficient } from './analytic-coefficient.ts';
export type { AnalyticRule, AnalyticSamples } from './analytic-coefficient.ts';
export { analyticLayerKernel, analyticNtk, kernelMatrix, layerDuals } from './analytic-kernels.ts';
export type { KernelSamples, LayerDuals } from './analytic-kernels.ts';
export { dualActivation } from './dual-activation.ts';
export type { DualActivation } from './dual-activation.ts';
export { limitPrediction } from './limit-predictor.ts';
export type { Prediction, PredictingApproximation, PredictionInputs } from './limit-predictor.ts';
export {
  convergedDiscrepancyBound,
  discrepancyBound,
  kernelDriftIntegral,
  kernelMovementBound,
  kernelMovementLimit,
  stillDiscrepancyBound,
} from './discrepancy-bound.ts';
export type { BoundSample, BoundStart, KernelSample } from './discrepancy-bound.ts';
export { flowOutputs, flowParameterDual, flowResidual, naturalKernel } from './natural-flow.ts';
export { softmaxTrajectory } from './softmax-trajectory.ts';
export type { SoftmaxTrajectoryOptions } from './softmax-trajectory.ts';
export { unitWiseCoefficient } from './unit-wise-coefficient.ts';
export type { FirstLayer } from './unit-wise-coefficient.ts';
export { flowTrajectory } from './flow-trajectory.ts';
export type { FlowOptions } from './flow-trajectory.ts';
