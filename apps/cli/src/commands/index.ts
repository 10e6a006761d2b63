import type { Register } from '../cli.ts';

interface CommandFile {
  /** The commands that the file registers. */
  readonly names: readonly string[];
  readonly load: () => Promise<Register>;
}

/** Every command, in the groups and the order in which the help lists them. */
const commandGroups: readonly (readonly [heading: string, files: readonly CommandFile[]])[] = [
  [
    'This machine',
    [
      { names: ['doctor'], load: async () => (await import('./doctor.ts')).registerDoctor },
      { names: ['setup'], load: async () => (await import('./setup.ts')).registerSetup },
      { names: ['quickstart'], load: async () => (await import('./quickstart.ts')).registerQuickstart },
      { names: ['up'], load: async () => (await import('./up.ts')).registerUp },
      { names: ['down'], load: async () => (await import('./down.ts')).registerDown },
    ],
  ],
  [
    'Running sweeps',
    [
      { names: ['plan'], load: async () => (await import('./plan.ts')).registerPlan },
      { names: ['launch'], load: async () => (await import('./launch.ts')).registerLaunch },
      { names: ['status'], load: async () => (await import('./status.ts')).registerStatus },
      { names: ['watch'], load: async () => (await import('./watch.ts')).registerWatch },
      {
        names: ['pause', 'resume', 'cancel'],
        load: async () => (await import('./pause-resume-cancel.ts')).registerPauseResumeCancel,
      },
      { names: ['retry'], load: async () => (await import('./retry.ts')).registerRetry },
      { names: ['diff', 'apply'], load: async () => (await import('./apply.ts')).registerApply },
      { names: ['set'], load: async () => (await import('./set.ts')).registerSet },
    ],
  ],
  [
    'What they found',
    [
      { names: ['results'], load: async () => (await import('./results.ts')).registerResults },
      { names: ['verify'], load: async () => (await import('./verify.ts')).registerVerify },
      { names: ['report'], load: async () => (await import('./report.ts')).registerReport },
      { names: ['reproduce'], load: async () => (await import('./reproduce.ts')).registerReproduce },
      { names: ['compare'], load: async () => (await import('./compare.ts')).registerCompare },
      { names: ['trial'], load: async () => (await import('./trial.ts')).registerTrial },
    ],
  ],
  [
    'What can be run',
    [
      { names: ['sweeps'], load: async () => (await import('./sweeps.ts')).registerSweeps },
      { names: ['experiments'], load: async () => (await import('./experiments.ts')).registerExperiments },
      { names: ['schema'], load: async () => (await import('./schema.ts')).registerSchema },
      { names: ['completion'], load: async () => (await import('./completion.ts')).registerCompletion },
    ],
  ],
];

export interface LoadedCommands {
  readonly heading: string;
  readonly register: Register;
}

/** The one command that is named, so that nothing else need be loaded; all of them for help and for a wrong name. */
export async function loadCommands(name: string | undefined): Promise<readonly LoadedCommands[]> {
  const all = commandGroups.flatMap(([heading, files]) => files.map((file) => ({ heading, file })));
  const named = all.filter(({ file }) => name !== undefined && file.names.includes(name));
  const wanted = named.length > 0 ? named : all;
  return Promise.all(wanted.map(async ({ heading, file }) => ({ heading, register: await file.load() })));
}
