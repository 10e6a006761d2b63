import { layerCouplingTraining as declaration } from '@natsweep/catalogue';
import type { Experiment } from './experiment.ts';
import { wideTraining } from './wide-training.ts';

/** The run of `wide-training`, judged by the claims on layer-wise metrics of any Σ. */
export const layerCouplingTraining: Experiment<typeof declaration.parameters> = { declaration, run: wideTraining.run };
