import type { Command, CommandReply } from '@natsweep/queue';
import type { ResultsStore, StoredSweep } from '@natsweep/results';
import type { SweepSpec } from '@natsweep/sweep';
import { planGrid, UnplannableSweepError, type SweepRun } from './sweep-run.ts';

/** What commands may do to the sweeps of a scheduler. */
export interface SweepControl {
  readonly results: ResultsStore;
  run(name: string): SweepRun | undefined;
  start(stored: StoredSweep): Promise<void>;
  /** Stores the new state, then makes the queue agree with it. */
  change(run: SweepRun, state: 'running' | 'paused' | 'cancelled', reason?: string): Promise<void>;
}

/** Carries out a command. Harmless to repeat: a command that was interrupted is carried out again by the next scheduler. */
export async function carryOut(command: Command, control: SweepControl): Promise<CommandReply> {
  switch (command.kind) {
    case 'submit':
      return submit(command, control);
    case 'pause':
    case 'resume':
    case 'cancel':
      return changeState(command, control);
  }
}

async function submit(
  { commandId, spec: text }: Extract<Command, { kind: 'submit' }>,
  control: SweepControl,
): Promise<CommandReply> {
  const spec = JSON.parse(text) as SweepSpec;
  let planned: number;
  try {
    planned = planGrid(spec).size;
  } catch (error) {
    if (error instanceof UnplannableSweepError) return refuse(error.message);
    throw error;
  }
  if (planned === 0) return refuse(`Sweep "${spec.name}" has no trials: its conditions exclude every point.`);
  const { created, sweep } = await control.results.createSweep({
    name: spec.name,
    experiment: spec.experiment,
    experimentVersion: spec.experimentVersion,
    spec: text,
    planned,
    state: 'running',
    stateReason: null,
    createdAtMs: Date.now(),
    completedAtMs: null,
    commandId,
  });
  if (!created && sweep.commandId !== commandId) {
    return refuse(`There is a sweep named "${spec.name}" already (${sweep.state}): choose another name with --name.`);
  }
  if (control.run(spec.name) === undefined && sweep.state === 'running') await control.start(sweep);
  return accept(`Sweep "${spec.name}" is queued: ${planned} ${planned === 1 ? 'trial' : 'trials'}.`);
}

async function changeState(
  { kind, sweep: name }: Extract<Command, { kind: 'pause' | 'resume' | 'cancel' }>,
  control: SweepControl,
): Promise<CommandReply> {
  const run = control.run(name);
  const state = run?.state ?? (await control.results.getSweep(name))?.state;
  if (state === undefined) return refuse(`There is no sweep named "${name}".`);
  const done = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const;
  const wanted = done[kind];
  if (state === wanted) return accept(`Sweep "${name}" is ${state} already.`);
  if (run === undefined || state === 'completed' || state === 'cancelled') {
    return refuse(`Sweep "${name}" is ${state}: there is nothing to ${kind}.`);
  }
  await control.change(run, wanted, kind === 'pause' ? 'paused by command' : undefined);
  return accept(`Sweep "${name}" is ${wanted}.`);
}

function accept(message: string): CommandReply {
  return { ok: true, message };
}

function refuse(message: string): CommandReply {
  return { ok: false, message };
}
