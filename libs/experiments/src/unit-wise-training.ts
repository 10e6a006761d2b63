import { unitWiseTraining as declaration } from '@natsweep/catalogue';
import type { Experiment } from './experiment.ts';
import { wideTraining } from './wide-training.ts';

/** The run of `wide-training`, judged by the claim on the unit-wise approximation. */
export const unitWiseTraining: Experiment<typeof declaration.parameters> = { declaration, run: wideTraining.run };
