import type { Register } from '../cli.ts';
import { registerDoctor } from './doctor.ts';
import { registerDown } from './down.ts';
import { registerExperiments } from './experiments.ts';
import { registerLaunch } from './launch.ts';
import { registerPauseResumeCancel } from './pause-resume-cancel.ts';
import { registerQuickstart } from './quickstart.ts';
import { registerReport } from './report.ts';
import { registerResults } from './results.ts';
import { registerSchema } from './schema.ts';
import { registerStatus } from './status.ts';
import { registerSweeps } from './sweeps.ts';
import { registerTrial } from './trial.ts';
import { registerUp } from './up.ts';
import { registerWatch } from './watch.ts';

/** Every command, in the groups and the order in which the help lists them. */
export const commandGroups: readonly (readonly [heading: string, commands: readonly Register[]])[] = [
  ['This machine', [registerDoctor, registerQuickstart, registerUp, registerDown]],
  ['Running sweeps', [registerLaunch, registerStatus, registerWatch, registerPauseResumeCancel]],
  ['What they found', [registerResults, registerReport, registerTrial]],
  ['What can be run', [registerSweeps, registerExperiments, registerSchema]],
];
