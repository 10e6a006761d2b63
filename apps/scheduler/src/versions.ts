import type { ApplyCommand, CommandReply, RetryCommand, ShareCommand } from '@natsweep/queue';
import type { NewVersion, StoredSweep, TrialRow } from '@natsweep/results';
import { readSweepSpec, type Grid, type SweepSpec } from '@natsweep/sweep';
import type { CommandContext } from './commands.ts';
import { reconcile } from './reconcile.ts';
import { accept, refuse } from './replies.ts';
import { planGrid, UnplannableSweepError } from './sweep-run.ts';

/** Plans failed trials again. Their records stay to be seen in the sweep NAME@VERSION. */
export async function retry(
  { commandId, sweep, failure }: RetryCommand,
  context: CommandContext,
): Promise<CommandReply> {
  const stored = await context.sweeps.results.getSweep(sweep);
  if (stored === undefined) return refuse(`There is no sweep named "${sweep}".`);
  if (stored.state === 'cancelled') return refuse(`Sweep "${sweep}" is cancelled: launch it again under another name.`);
  const { byFailure } = await context.sweeps.results.counts(sweep);
  const failed = Object.entries(byFailure).filter(([kind]) => failure === undefined || kind === failure);
  const trials = failed.reduce((sum, [, count]) => sum + count, 0);
  if (trials === 0) return accept(`Sweep "${sweep}" has no trials that failed${failure ? ` as ${failure}` : ''}.`);
  const place = (row: TrialRow) =>
    row.kind === 'failed' && (failure === undefined || row.failure === failure) ? undefined : row.index;
  const { spec, planned } = stored;
  await replace(stored, { spec, planned, commandId, place }, context);
  return accept(`Sweep "${sweep}" runs ${trials} failed ${trials === 1 ? 'trial' : 'trials'} again.`);
}

/** Changes priority, weight, or the number of slots. */
export async function share(command: ShareCommand, context: CommandContext): Promise<CommandReply> {
  const { commandId, sweep } = command;
  const stored = await context.sweeps.results.getSweep(sweep);
  if (stored === undefined) return refuse(`There is no sweep named "${sweep}".`);
  if (stored.state === 'completed' || stored.state === 'cancelled') {
    return refuse(`Sweep "${sweep}" is ${stored.state}: it takes no share any more.`);
  }
  const old = JSON.parse(stored.spec) as SweepSpec;
  const { priority = old.priority, weight = old.weight, slots = old.slots ?? null } = command;
  if (!(weight > 0)) return refuse(`A weight of ${weight} is not possible: give a positive number.`);
  const { slots: _, ...rest } = old;
  const spec = JSON.stringify({ ...rest, priority, weight, ...(slots !== null && { slots }) } satisfies SweepSpec);
  await replace(stored, { spec, planned: stored.planned, commandId }, context);
  const limit = slots === null ? '' : `, and takes at most ${slots} ${slots === 1 ? 'slot' : 'slots'}`;
  return accept(`Sweep "${sweep}" has priority ${priority} and weight ${weight}${limit}.`);
}

/** Replaces the spec of a sweep. */
export async function apply({ commandId, spec: text }: ApplyCommand, context: CommandContext): Promise<CommandReply> {
  const spec = readSweepSpec(text);
  const { results } = context.sweeps;
  const stored = await results.getSweep(spec.name);
  if (stored === undefined) return refuse(`There is no sweep named "${spec.name}": launch it.`);
  if (stored.state === 'cancelled') return refuse(`Sweep "${spec.name}" is cancelled: launch it under another name.`);
  if (stored.experiment !== spec.experiment) {
    return refuse(`Sweep "${spec.name}" is one of ${stored.experiment}: launch ${spec.experiment} under another name.`);
  }
  let grid: Grid;
  try {
    grid = planGrid(spec);
  } catch (error) {
    if (error instanceof UnplannableSweepError) return refuse(error.message);
    throw error;
  }
  if (grid.size === 0) return refuse(`Sweep "${spec.name}" would have no trials.`);
  const place = (row: TrialRow) => grid.locate(row);
  const version = await replace(stored, { spec: text, planned: grid.size, commandId, place }, context);
  const { observed, failed } = await results.counts(spec.name);
  return accept(
    `Sweep "${spec.name}" is at version ${version}: ${grid.size} trials, ${observed + failed} of them recorded already.`,
  );
}

/** Stores the new version while nothing is recorded, and goes on under it. Returns its number. */
async function replace(
  stored: StoredSweep,
  change: Omit<NewVersion, 'appliedAtMs'>,
  context: CommandContext,
): Promise<number> {
  const { sweeps, collector } = context;
  const run = sweeps.run(stored.name);
  if (run !== undefined) await sweeps.withdraw(run, run.inFlight.batchIds);
  await collector.drain();
  await collector.recordFailures();
  const { version } = await sweeps.results.applyVersion(stored.name, { ...change, appliedAtMs: Date.now() });
  const current = (await sweeps.results.getSweep(stored.name)) as StoredSweep;
  await sweeps.start(current);
  await reconcile(sweeps, context);
  return version;
}
