import { unitWiseAlpha as declaration } from '@natsweep/catalogue';
import type { Experiment } from './experiment.ts';
import { isotropy } from './isotropy.ts';

/** The run of `isotropy`, judged by the claim on α of the shifted ReLU. */
export const unitWiseAlpha: Experiment<typeof declaration.parameters> = { declaration, run: isotropy.run };
