import type { ApplyCommand, CommandReply, RetryCommand, ShareCommand } from '@natsweep/queue';
import {
  isRetired,
  ResultsError,
  retiredName,
  type FailedSelection,
  type NewVersion,
  type ResultsStore,
  type StoredSweep,
  type SweepVersion,
} from '@natsweep/results';
import { formatCount, type Grid, readSweepSpec, type SweepSpec } from '@natsweep/sweep';
import type { CommandContext } from './commands.ts';
import { reconcile } from './reconcile.ts';
import { accept, refuse, refuseUnknown, trials } from './replies.ts';
import { UnplannableSweepError } from './plan-grid.ts';

/*
 * Each of these commands makes a version of its sweep, which bears the command's id. One that has made its version and could
 * not be answered makes no other when it arrives again: the answer is read from the version.
 */

/** Plans failed trials again. Their records stay to be seen in the sweep NAME@VERSION. */
export async function retry(command: RetryCommand, context: CommandContext): Promise<CommandReply> {
  const { kind: _, commandId, sweep, ...selection } = command;
  const { results } = context.sweeps;
  const stored = await results.getSweep(sweep);
  if (stored === undefined) return refuseUnknown(results, sweep);
  const made = await versionOf(command, results);
  if (made !== undefined) return describeRetry(sweep, made, results);
  if (isRetired(sweep))
    return refuse(`${sweep} keeps what was recorded before a retry or a change: retry the sweep itself.`);
  if (stored.state === 'cancelled') return refuse(`Sweep "${sweep}" is cancelled: launch it again under another name.`);
  try {
    const selected = await results.countFailed(sweep, selection);
    if (Object.keys(selected).length === 0) return describeNone(sweep, selection);
  } catch (error) {
    if (!isWrongSelection(error)) throw error;
    return refuse(error.message);
  }
  const { spec, planned } = stored;
  const version = await replace(stored, { spec, planned, commandId, again: selection }, context);
  return describeRetry(sweep, version, results);
}

function isWrongSelection(error: unknown): error is ResultsError {
  return error instanceof ResultsError && (error.code === 'bad-filter' || error.code === 'unknown-column');
}

/** What is retried is all that the version before holds. */
async function describeRetry(sweep: string, { version }: SweepVersion, results: ResultsStore): Promise<CommandReply> {
  const { failed } = await results.counts(retiredName(sweep, version - 1));
  const failedTrials = `${formatCount(failed)} failed ${failed === 1 ? 'trial' : 'trials'}`;
  return accept(`Sweep "${sweep}" runs ${failedTrials} again.`, { sweep, version, trials: failed });
}

function describeNone(sweep: string, { failure, where, filter, trialIds }: FailedSelection): CommandReply {
  const how = failure === undefined ? '' : ` as ${failure}`;
  if ([where, filter, trialIds].some((each) => each !== undefined)) {
    return refuse(`Of the trials of ${sweep} that failed${how}, none is selected by that.`);
  }
  return accept(`Sweep "${sweep}" has no trials that failed${how}.`, { sweep, trials: 0 });
}

/** Changes priority, weight, or the number of slots. */
export async function share(command: ShareCommand, context: CommandContext): Promise<CommandReply> {
  const { commandId, sweep } = command;
  const { results } = context.sweeps;
  const stored = await results.getSweep(sweep);
  if (stored === undefined) return refuseUnknown(results, sweep);
  const made = await versionOf(command, results);
  if (made !== undefined) return describeShare(sweep, made);
  if (stored.state === 'completed' || stored.state === 'cancelled') {
    return refuse(`Sweep "${sweep}" is ${stored.state}: it takes no share any more.`);
  }
  const old = JSON.parse(stored.spec) as SweepSpec;
  const { priority = old.priority, weight = old.weight, slots = old.slots ?? null } = command;
  if (!(weight > 0)) return refuse(`A weight of ${weight} is not possible: give a positive number.`);
  const { slots: _, ...rest } = old;
  const spec = JSON.stringify({ ...rest, priority, weight, ...(slots !== null && { slots }) } satisfies SweepSpec);
  return describeShare(sweep, await replace(stored, { spec, planned: stored.planned, commandId }, context));
}

function describeShare(sweep: string, { spec }: SweepVersion): CommandReply {
  const { priority, weight, slots = null } = JSON.parse(spec) as SweepSpec;
  const limit = slots === null ? '' : `, and takes at most ${slots} ${slots === 1 ? 'slot' : 'slots'}`;
  const message = `Sweep "${sweep}" has priority ${priority} and weight ${weight}${limit}.`;
  return accept(message, { sweep, priority, weight, slots });
}

/** Replaces the spec of a sweep. */
export async function apply(command: ApplyCommand, context: CommandContext): Promise<CommandReply> {
  const { commandId, spec: text } = command;
  const spec = readSweepSpec(text);
  const { results } = context.sweeps;
  const stored = await results.getSweep(spec.name);
  if (stored === undefined) return refuse(`There is no sweep named "${spec.name}": launch it.`);
  const made = await versionOf({ commandId, sweep: spec.name }, results);
  if (made !== undefined) return describeApply(spec.name, made, results);
  if (stored.state === 'cancelled') return refuse(`Sweep "${spec.name}" is cancelled: launch it under another name.`);
  if (stored.experiment !== spec.experiment) {
    return refuse(`Sweep "${spec.name}" is one of ${stored.experiment}: launch ${spec.experiment} under another name.`);
  }
  let grid: Grid;
  try {
    grid = context.sweeps.plan(spec);
  } catch (error) {
    if (error instanceof UnplannableSweepError) return refuse(error.message);
    throw error;
  }
  if (grid.size === 0) return refuse(`Sweep "${spec.name}" would have no trials.`);
  const change = { spec: text, planned: grid.size, commandId, place: grid.locate };
  const version = await replace(stored, change, context);
  return describeApply(spec.name, version, results);
}

async function describeApply(
  sweep: string,
  { version, planned }: SweepVersion,
  results: ResultsStore,
): Promise<CommandReply> {
  const { observed, failed } = await results.counts(sweep);
  const recorded = observed + failed;
  const message = `Sweep "${sweep}" is at version ${version}: ${trials(planned)}, ${formatCount(recorded)} of them recorded already.`;
  return accept(message, { sweep, version, planned, recorded });
}

/** The version that a command has made; undefined if it has not been carried out. */
async function versionOf(
  { commandId, sweep }: { readonly commandId: string; readonly sweep: string },
  results: ResultsStore,
): Promise<SweepVersion | undefined> {
  return (await results.versions(sweep)).find((version) => version.commandId === commandId);
}

/** Stores the new version while nothing is recorded, and goes on under it. */
async function replace(
  stored: StoredSweep,
  change: Omit<NewVersion, 'appliedAtMs'>,
  context: CommandContext,
): Promise<SweepVersion> {
  const { sweeps, collector } = context;
  const run = sweeps.run(stored.name);
  if (run !== undefined) await sweeps.withdraw(run, run.inFlight.batchIds);
  await collector.drain();
  await collector.recordFailures();
  const version = await sweeps.results.applyVersion(stored.name, { ...change, appliedAtMs: Date.now() });
  const current = (await sweeps.results.getSweep(stored.name)) as StoredSweep;
  await sweeps.start(current);
  await reconcile(sweeps, context);
  return version;
}
