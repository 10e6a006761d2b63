import { writeFile } from 'node:fs/promises';

import type { ResultsStore } from '@natsweep/results';

import { exitCodes, type ExitCode } from '../exit.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { RecordedSweep } from './recorded-sweep.ts';
import { parseSelection } from './selection.ts';

export interface ExportOptions {
  readonly where?: readonly string[];
  readonly failed?: boolean;
  /** JSON Lines instead of CSV. */
  readonly jsonl?: boolean;
  /** A Parquet file instead of standard output. */
  readonly parquet?: string;
}

/** Writes all selected trials in a format of the results database; memory does not grow with the sweep. */
export async function exportRows(
  terminal: Terminal,
  results: ResultsStore,
  sweep: RecordedSweep,
  options: ExportOptions,
): Promise<ExitCode> {
  const pieces = results.export(sweep.stored.name, {
    format: options.parquet !== undefined ? 'parquet' : options.jsonl === true ? 'jsonl' : 'csv',
    ...parseSelection(options.where ?? [], sweep),
    ...(options.failed === true && { kind: 'failed' as const }),
  });
  if (options.parquet !== undefined) await writeFile(options.parquet, pieces);
  else for await (const piece of pieces) await terminal.write(piece);
  return exitCodes.ok;
}
