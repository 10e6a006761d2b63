import type { ExperimentDeclaration } from './declaration.ts';
import { deepLinearTheorems } from './deep-linear-theorems.ts';
import { descentLimits, sharedLimit } from './descent-limits.ts';
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
import { naturalFlowBound, naturalFlowPrediction, naturalFlowTraining } from './natural-flow.ts';
import { completionBudget } from './completion-budget.ts';
import { crossEntropyTraining } from './cross-entropy-training.ts';

/** Every experiment that a sweep can name, in the order in which `natsweep experiments` lists them. */
export const declarations: readonly ExperimentDeclaration[] = [
  completionBudget,
  crossEntropyTraining,
  deepLinearTheorems,
  descentLimits,
  diagnostic,
  isotropy,
  kernelPrediction,
  kfacForms,
  kfacForster,
  layerCouplingTraining,
  matrixCompletion,
  naturalFlowBound,
  naturalFlowPrediction,
  naturalFlowTraining,
  planarClassification,
  sharedLimit,
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

export function findDeclaration(name: string): ExperimentDeclaration | undefined {
  return declarations.find((declaration) => declaration.name === name);
}
