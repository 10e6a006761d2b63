import { tridiagonalDamping as declaration } from '@natsweep/catalogue';
import type { Experiment } from './experiment.ts';
import { wideTraining } from './wide-training.ts';

/** The run of `wide-training`, judged by the claims on the block-tridiagonal damping. */
export const tridiagonalDamping: Experiment<typeof declaration.parameters> = { declaration, run: wideTraining.run };
