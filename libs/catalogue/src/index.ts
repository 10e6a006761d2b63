export type {
  Claim,
  ExperimentDeclaration,
  Figure,
  MatrixFigure,
  Measurement,
  MetricDeclaration,
  MetricFigure,
  TraceFigure,
  Verdict,
} from './declaration.ts';
export { completionBudget } from './completion-budget.ts';
export { deepLinearTheorems } from './deep-linear-theorems.ts';
export { descentLimits, sharedLimit } from './descent-limits.ts';
export { diagnostic } from './diagnostic.ts';
export { matrixCompletion } from './matrix-completion.ts';
export { planarClassification } from './planar-classification.ts';
export { sparseClassification } from './sparse-classification.ts';
export { allBut, formatNumber, formatSpread, groupBy, isMeasured, logLogSlope, spread } from './spread.ts';
export type { Spread } from './spread.ts';
export { classesOf } from './wide-network-parameters.ts';
export { isImageDataset, type ImageDatasetName } from './image-datasets.ts';
export type { WideNetworkParameters } from './wide-network-parameters.ts';
export { tangentKernel } from './tangent-kernel.ts';
export { wideDynamics } from './wide-dynamics.ts';
export { wideTraining } from './wide-training.ts';
export { declarations, findDeclaration } from './catalogue.ts';
export { namedSweepSource, namedSweepText, namedSweeps } from './named-sweeps.ts';
export {
  estimatedSeconds,
  measuredTime,
  readSweepTimes,
  specHash,
  sweepTimesFile,
  type SweepTime,
} from './sweep-times.ts';
export { layerCouplingTraining } from './layer-coupling-training.ts';
export { tridiagonalDamping } from './tridiagonal-damping.ts';
export { unitWiseTraining } from './unit-wise-training.ts';
export { isotropy } from './isotropy.ts';
export { unitWiseAlpha } from './unit-wise-alpha.ts';
export { unitWiseFewInputs } from './unit-wise-few-inputs.ts';
export { tridiagonalCoupling } from './tridiagonal-coupling.ts';
export { kfacForms } from './kfac-forms.ts';
export { kfacForster } from './kfac-forster.ts';
export { kernelPrediction } from './kernel-prediction.ts';
export { naturalFlowBound, naturalFlowPrediction, naturalFlowTraining } from './natural-flow.ts';
export { crossEntropyTraining } from './cross-entropy-training.ts';
export { parseCoupling } from './layer-coupling.ts';
