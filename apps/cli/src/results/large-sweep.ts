import type { ResultsStore } from '@natsweep/results';
import { formatCount } from '@natsweep/sweep';

import { formatMemory } from '../terminal/format.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Below, a command that reads every trial takes seconds and little more memory than any other. */
const many = 100_000;

/** Bytes for each trial at the peak, measured at a million trials of 25 parameters and 10 metrics. */
const bytesPerTrial = { compare: 720, report: 1350 } as const;

/** Says beforehand what memory it takes to read all trials of large sweeps. */
export async function tellMemory(
  terminal: Terminal,
  results: Pick<ResultsStore, 'counts'>,
  { sweeps, command }: { readonly sweeps: readonly string[]; readonly command: keyof typeof bytesPerTrial },
): Promise<void> {
  let trials = 0;
  for (const sweep of sweeps) trials += (await results.counts(sweep)).observed;
  if (trials < many) return;
  const memory = formatMemory(trials * bytesPerTrial[command]);
  terminal.note(terminal.style('dim', `Reading ${formatCount(trials)} trials takes about ${memory} of memory.`));
}
