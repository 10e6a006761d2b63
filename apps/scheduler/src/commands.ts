import type { BatchQueue, CancelTrialsCommand, Command, CommandReply } from '@natsweep/queue';
import { formatCount, type Grid, readSweepSpec } from '@natsweep/sweep';
import type { Collector } from './collector.ts';
import { accept, refuse, refuseUnknown, trials } from './replies.ts';
import { UnplannableSweepError } from './plan-grid.ts';
import type { Sweeps } from './sweeps.ts';
import { apply, retry, share } from './versions.ts';

/** How long who launches a sweep waits for what other sweeps have of it. */
const searchMs = 3000;

/** What commands work on. */
export interface CommandContext {
  readonly sweeps: Sweeps;
  readonly collector: Collector;
  readonly queue: BatchQueue;
}

/**
 * Carries out a command. One that was interrupted, or could not be answered, is carried out again by the next scheduler: it
 * then does what was left to do, and its answer is the same.
 */
export async function carryOut(command: Command, context: CommandContext): Promise<CommandReply> {
  switch (command.kind) {
    case 'submit':
      return submit(command, context);
    case 'pause':
    case 'resume':
    case 'cancel':
      return changeState(command, context);
    case 'cancel-trials':
      return cancelTrials(command, context);
    case 'retry':
      return retry(command, context);
    case 'apply':
      return apply(command, context);
    case 'share':
      return share(command, context);
  }
}

async function submit(
  { commandId, spec: text }: Extract<Command, { kind: 'submit' }>,
  { sweeps }: CommandContext,
): Promise<CommandReply> {
  const spec = readSweepSpec(text);
  let grid: Grid;
  try {
    grid = sweeps.plan(spec);
  } catch (error) {
    if (error instanceof UnplannableSweepError) return refuse(error.message);
    throw error;
  }
  const planned = grid.size;
  if (planned === 0) return refuse(`Sweep "${spec.name}" has no trials: its conditions exclude every point.`);
  const { created, sweep } = await sweeps.results.createSweep({
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
    return refuse(
      `There is a sweep named "${spec.name}" already (${sweep.state}): choose another name with --name, or change it with "natsweep apply".`,
    );
  }
  if (sweeps.run(spec.name) === undefined && sweep.state === 'running') await sweeps.start(sweep);
  const isSearched = !spec.reuse || (await sweeps.search(searchMs));
  // none is run before the search is at its end
  const reused = spec.reuse ? (await sweeps.results.counts(spec.name)).observed : 0;
  const goesOn = isSearched ? '' : ' so far; the search goes on before others are run';
  const taken = spec.reuse ? `, ${formatCount(reused)} of them taken from other sweeps${goesOn}` : '';
  return accept(`Sweep "${spec.name}" is queued: ${trials(planned)}${taken}.`, {
    sweep: spec.name,
    trials: planned,
    reused,
  });
}

async function changeState(
  { kind, sweep: name }: Extract<Command, { kind: 'pause' | 'resume' | 'cancel' }>,
  { sweeps }: CommandContext,
): Promise<CommandReply> {
  const run = sweeps.run(name);
  const stored = await sweeps.results.getSweep(name);
  if (stored === undefined) return refuseUnknown(sweeps.results, name);
  const state = run?.state ?? stored.state;
  const done = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const;
  const wanted = done[kind];
  const accepted = accept(`Sweep "${name}" is ${wanted}.`, { sweep: name, state: wanted });
  if (state === wanted) {
    if (kind === 'cancel') await sweeps.tellCancelled(name);
    return accepted;
  }
  if (state === 'completed' || state === 'cancelled') {
    return refuse(`Sweep "${name}" is ${state}: there is nothing to ${kind}.`);
  }
  if (run !== undefined) await sweeps.change(run, wanted);
  else if (wanted === 'cancelled') await sweeps.changeUnplanned(name, wanted);
  else return refuse(`Sweep "${name}" cannot go on: ${stored.stateReason ?? 'this scheduler cannot plan it'}`);
  return accepted;
}

async function cancelTrials(
  { sweep: name, indices }: CancelTrialsCommand,
  { sweeps, collector }: CommandContext,
): Promise<CommandReply> {
  const run = sweeps.run(name);
  const stored = await sweeps.results.getSweep(name);
  if (stored === undefined) return refuseUnknown(sweeps.results, name);
  if (run !== undefined) {
    await collector.drain();
    await sweeps.cancelTrials(run, indices);
  }
  // how many they were is for the database to say: a scheduler that carries this out again finds none
  const message = `Of ${trials(indices.length)} of sweep "${name}", those that had no record are cancelled.`;
  return accept(message, { sweep: name, state: run?.state ?? stored.state });
}
