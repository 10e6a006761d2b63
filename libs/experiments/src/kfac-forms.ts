import { kfacForms as declaration } from '@natsweep/catalogue';
import type { Experiment } from './experiment.ts';
import { isotropy } from './isotropy.ts';

/** The run of `isotropy`, judged by the claims on the forms of K-FAC. */
export const kfacForms: Experiment<typeof declaration.parameters> = { declaration, run: isotropy.run };
