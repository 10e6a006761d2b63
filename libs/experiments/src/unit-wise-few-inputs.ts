import { unitWiseFewInputs as declaration } from '@natsweep/catalogue';
import type { Experiment } from './experiment.ts';
import { isotropy } from './isotropy.ts';

/** The run of `isotropy`, judged by the claims on fewer inputs than samples. */
export const unitWiseFewInputs: Experiment<typeof declaration.parameters> = { declaration, run: isotropy.run };
