import { completionBudget as declaration } from '@natsweep/catalogue';
import type { Experiment } from './experiment.ts';
import { matrixCompletion } from './matrix-completion.ts';

/** The run of `matrix-completion`, judged by the claim on its budget. */
export const completionBudget: Experiment<typeof declaration.parameters> = { declaration, run: matrixCompletion.run };
