import type { BatchQueue, CancelTrialsCommand, Command, CommandReply } from '@natsweep/queue';
import { readSweepSpec, type Grid } from '@natsweep/sweep';
import type { Collector } from './collector.ts';
import { accept, refuse } from './replies.ts';
import { planGrid, UnplannableSweepError } from './sweep-run.ts';
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

/** Carries out a command. Harmless to repeat: one that was interrupted is carried out again by the next scheduler. */
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
    grid = planGrid(spec);
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
    return refuse(`There is a sweep named "${spec.name}" already (${sweep.state}): choose another name with --name.`);
  }
  if (sweeps.run(spec.name) === undefined && sweep.state === 'running') await sweeps.start(sweep);
  const taken = spec.reuse ? describeSearch(await sweeps.search(searchMs)) : '';
  return accept(`Sweep "${spec.name}" is queued: ${planned} ${planned === 1 ? 'trial' : 'trials'}${taken}.`);
}

function describeSearch({ reused, finished }: { readonly reused: number; readonly finished: boolean }): string {
  return finished
    ? `, ${reused} of them taken from other sweeps`
    : `, ${reused} of them taken from other sweeps so far; the search goes on before others are run`;
}

async function changeState(
  { kind, sweep: name }: Extract<Command, { kind: 'pause' | 'resume' | 'cancel' }>,
  { sweeps }: CommandContext,
): Promise<CommandReply> {
  const run = sweeps.run(name);
  const stored = await sweeps.results.getSweep(name);
  if (stored === undefined) return refuse(`There is no sweep named "${name}".`);
  const state = run?.state ?? stored.state;
  const done = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const;
  const wanted = done[kind];
  if (state === wanted) return accept(`Sweep "${name}" is ${state} already.`);
  if (state === 'completed' || state === 'cancelled') {
    return refuse(`Sweep "${name}" is ${state}: there is nothing to ${kind}.`);
  }
  if (run !== undefined) await sweeps.change(run, wanted, kind === 'pause' ? 'paused by command' : undefined);
  else if (wanted === 'cancelled') await sweeps.changeUnplanned(name, wanted);
  else return refuse(`Sweep "${name}" cannot go on: ${stored.stateReason ?? 'this scheduler cannot plan it'}`);
  return accept(`Sweep "${name}" is ${wanted}.`);
}

async function cancelTrials(
  { sweep: name, indices }: CancelTrialsCommand,
  { sweeps, collector }: CommandContext,
): Promise<CommandReply> {
  const run = sweeps.run(name);
  if (run === undefined) {
    const stored = await sweeps.results.getSweep(name);
    if (stored === undefined) return refuse(`There is no sweep named "${name}".`);
    return refuse(`Sweep "${name}" is ${stored.state}: there is nothing to cancel.`);
  }
  await collector.drain();
  const cancelled = await sweeps.cancelTrials(run, indices);
  return accept(`${cancelled} ${cancelled === 1 ? 'trial' : 'trials'} of sweep "${name}" cancelled.`);
}
