import { completionBudget } from './completion-budget.ts';
import { crossEntropyTraining } from './cross-entropy-training.ts';
import { deepLinearTheorems } from './deep-linear-theorems.ts';
import { descentLimitsExperiment, sharedLimitExperiment } from './descent-limits.ts';
import { diagnostic } from './diagnostic.ts';
import { matrixCompletion } from './matrix-completion.ts';
import { planarClassification } from './planar-classification.ts';
import { sparseClassification } from './sparse-classification.ts';
import { tangentKernel } from './tangent-kernel.ts';
import { wideDynamics } from './wide-dynamics.ts';
import { wideTraining } from './wide-training.ts';
import { layerCouplingTraining } from './layer-coupling-training.ts';
import { tridiagonalDamping } from './tridiagonal-damping.ts';
import { unitWiseTraining } from './unit-wise-training.ts';
import { isotropy } from './isotropy.ts';
import { unitWiseAlpha } from './unit-wise-alpha.ts';
import { unitWiseFewInputs } from './unit-wise-few-inputs.ts';
import { tridiagonalCoupling } from './tridiagonal-coupling.ts';
import { kfacForms } from './kfac-forms.ts';
import { kfacForster } from './kfac-forster.ts';
import { kernelPrediction } from './kernel-prediction.ts';
import {
  naturalFlowBoundExperiment,
  naturalFlowPredictionExperiment,
  naturalFlowTrainingExperiment,
} from './natural-flow.ts';
import type { Experiment } from './experiment.ts';

/** Every experiment that a worker can run. A test checks that the catalogue declares the same ones. */
export const experiments: readonly Experiment[] = [
  completionBudget,
  crossEntropyTraining,
  deepLinearTheorems,
  descentLimitsExperiment,
  diagnostic,
  isotropy,
  kernelPrediction,
  kfacForms,
  kfacForster,
  layerCouplingTraining,
  matrixCompletion,
  naturalFlowBoundExperiment,
  naturalFlowPredictionExperiment,
  naturalFlowTrainingExperiment,
  planarClassification,
  sharedLimitExperiment,
  sparseClassification,
  tangentKernel,
  tridiagonalCoupling,
  tridiagonalDamping,
  unitWiseAlpha,
  unitWiseFewInputs,
  unitWiseTraining,
  wideDynamics,
  wideTraining,
];

export function findExperiment(name: string): Experiment | undefined {
  return experiments.find((experiment) => experiment.declaration.name === name);
}
