import type { ParameterValue, Trial } from '@natsweep/sweep';

import { formatNumber } from './terminal/format.ts';
import { printTable } from './terminal/table.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Trials by index with the parameters in `parameters`. */
export function printTrials(terminal: Terminal, trials: readonly Trial[], parameters: readonly string[]): void {
  printTable<Trial>(
    terminal,
    [
      { header: 'INDEX', cell: ({ index }) => String(index), align: 'right' },
      { header: 'TRIAL', cell: ({ trialId }) => shortId(trialId) },
      ...parameters.map((name) => ({
        header: name,
        cell: ({ params }: Trial) => formatParameter(params[name]),
        align: 'right' as const,
      })),
      { header: 'seed', cell: ({ seed }) => String(seed), align: 'right' },
    ],
    trials,
  );
}

/** Enough of a trial's id to name it in one home; commands take any prefix that is unambiguous. */
export function shortId(trialId: string): string {
  return trialId.slice(0, 12);
}

export function formatParameter(value: ParameterValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? formatNumber(value) : String(value);
}
