import type { Command } from 'commander';

import type { Cli, Register, Run } from '../cli.ts';

interface CommandFile {
  /** What the list of commands says of each that the file registers. */
  readonly summaries: Readonly<Record<string, string>>;
  readonly load: () => Promise<Register>;
}

/** Every command, in the groups and the order in which the help lists them. */
const commandGroups: readonly (readonly [heading: string, files: readonly CommandFile[]])[] = [
  [
    'This machine',
    [
      {
        summaries: {
          doctor: 'say what works on this machine and what is missing',
        },
        load: async () => (await import('./doctor.ts')).registerDoctor,
      },
      {
        summaries: {
          setup: 'install what is optional: TensorFlow',
        },
        load: async () => (await import('./setup.ts')).registerSetup,
      },
      {
        summaries: {
          quickstart: 'run a first sweep from start to picture',
        },
        load: async () => (await import('./quickstart.ts')).registerQuickstart,
      },
      {
        summaries: {
          up: 'start Redis, scheduler, worker and exporter on this machine',
        },
        load: async () => (await import('./up.ts')).registerUp,
      },
      {
        summaries: {
          down: 'stop the stack of this home',
        },
        load: async () => (await import('./down.ts')).registerDown,
      },
    ],
  ],
  [
    'Running sweeps',
    [
      {
        summaries: {
          plan: 'count a sweep exactly and estimate what it costs',
        },
        load: async () => (await import('./plan.ts')).registerPlan,
      },
      {
        summaries: {
          launch: 'check a sweep and queue it',
        },
        load: async () => (await import('./launch.ts')).registerLaunch,
      },
      {
        summaries: {
          status: 'show sweeps and workers',
        },
        load: async () => (await import('./status.ts')).registerStatus,
      },
      {
        summaries: {
          watch: 'show the progress of a sweep until it ends',
        },
        load: async () => (await import('./watch.ts')).registerWatch,
      },
      {
        summaries: {
          pause: 'hold a sweep back: running trials finish, no more start',
          resume: 'let a paused sweep go on',
          cancel: 'end a sweep, or some of its trials, for good; what is recorded stays',
        },
        load: async () => (await import('./pause-resume-cancel.ts')).registerPauseResumeCancel,
      },
      {
        summaries: {
          retry: 'run the failed trials of a sweep again',
        },
        load: async () => (await import('./retry.ts')).registerRetry,
      },
      {
        summaries: {
          diff: 'show what applying a changed sweep file would change',
          apply: 'change a sweep to what its file says now',
        },
        load: async () => (await import('./apply.ts')).registerApply,
      },
      {
        summaries: {
          set: 'change priority, weight or slots while sweeps run',
        },
        load: async () => (await import('./set.ts')).registerSet,
      },
    ],
  ],
  [
    'What they found',
    [
      {
        summaries: {
          results: 'show, filter, group and export what a sweep measured',
        },
        load: async () => (await import('./results.ts')).registerResults,
      },
      {
        summaries: {
          verify: 'prove that every planned trial is recorded exactly once and unharmed',
        },
        load: async () => (await import('./verify.ts')).registerVerify,
      },
      {
        summaries: {
          report: 'judge the claims of a sweep and draw its figures',
        },
        load: async () => (await import('./report.ts')).registerReport,
      },
      {
        summaries: {
          reproduce: 'run the sweeps of all papers and write one page with every verdict and figure',
        },
        load: async () => (await import('./reproduce.ts')).registerReproduce,
      },
      {
        summaries: {
          compare: 'compare approximations, or sweeps, paired over seeds',
        },
        load: async () => (await import('./compare.ts')).registerCompare,
      },
      {
        summaries: {
          trial: 'look at one trial, or repeat it',
        },
        load: async () => (await import('./trial.ts')).registerTrial,
      },
    ],
  ],
  [
    'What can be run',
    [
      {
        summaries: {
          sweeps: 'list the sweeps that ship with natsweep',
        },
        load: async () => (await import('./sweeps.ts')).registerSweeps,
      },
      {
        summaries: {
          experiments: 'list the experiments, or the parameters and metrics of one',
        },
        load: async () => (await import('./experiments.ts')).registerExperiments,
      },
      {
        summaries: {
          schema: 'print the JSON Schema of a sweep file',
        },
        load: async () => (await import('./schema.ts')).registerSchema,
      },
      {
        summaries: {
          completion: 'print a script that completes natsweep in your shell',
        },
        load: async () => (await import('./completion.ts')).registerCompletion,
      },
    ],
  ],
];

/** Adds the command that is named, with nothing else loaded. False if there is none of that name. */
export async function addCommand(name: string | undefined, program: Command, cli: Cli, run: Run): Promise<boolean> {
  const files = commandGroups.flatMap(([, ofGroup]) => ofGroup);
  const file = files.find(({ summaries }) => name !== undefined && Object.hasOwn(summaries, name));
  if (file === undefined) return false;
  (await file.load())(program, cli, run);
  return true;
}

/** Adds every command by name and summary alone: what the help shows and a wrong name is held against. */
export function listCommands(program: Command): void {
  for (const [heading, files] of commandGroups) {
    program.commandsGroup(`${heading}:`);
    for (const [name, summary] of files.flatMap(({ summaries }) => Object.entries(summaries))) {
      program.command(name).summary(summary);
    }
  }
}

/** Adds every command with its options and arguments. */
export async function addAllCommands(program: Command, cli: Cli, run: Run): Promise<void> {
  for (const { load, summaries } of commandGroups.flatMap(([, files]) => files)) {
    (await load())(program, cli, run);
    for (const command of program.commands) command.summary(summaries[command.name()] ?? command.summary());
  }
}
