import { wideDynamics as declaration } from '@natsweep/catalogue';
import type { Experiment } from './experiment.ts';
import { wideTraining } from './wide-training.ts';

/** The run of `wide-training`, judged by the claims on test points and infinite width. */
export const wideDynamics: Experiment<typeof declaration.parameters> = { declaration, run: wideTraining.run };
