import type { ExperimentDeclaration } from '@natsweep/catalogue';
import { parameterTypes, type Parameters, type ParameterValue, type Trial } from '@natsweep/sweep';

import { formatNumber } from './terminal/format.ts';
import { printTable, type Column } from './terminal/table.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Trials by index with the parameters in `parameters`. */
export function printTrials(
  terminal: Terminal,
  trials: readonly Trial[],
  { declaration, parameters }: { readonly declaration: ExperimentDeclaration; readonly parameters: readonly string[] },
): void {
  printTable<Trial>(
    terminal,
    [
      { header: 'INDEX', cell: ({ index }) => String(index), align: 'right' },
      { header: 'TRIAL', cell: ({ trialId }) => shortId(trialId), whole: true },
      ...parameterColumns<Trial>(declaration, parameters, ({ params }) => params),
      { header: 'seed', cell: ({ seed }) => String(seed), align: 'right' },
    ],
    trials,
  );
}

/** One column per parameter, numbers to the right. */
export function parameterColumns<Row>(
  declaration: ExperimentDeclaration,
  names: readonly string[],
  paramsOf: (row: Row) => Parameters,
): readonly Column<Row>[] {
  const types = parameterTypes(declaration);
  return names.map((name) => ({
    header: name,
    cell: (row) => formatParameter(paramsOf(row)[name]),
    plain: (row) => String(paramsOf(row)[name] ?? ''),
    align: types.get(name)?.type === 'number' ? 'right' : 'left',
    whole: true,
  }));
}

/** Enough of a trial's id to name it in one home; commands take any prefix that is unambiguous. */
export function shortId(trialId: string): string {
  return trialId.slice(0, 12);
}

export function formatParameter(value: ParameterValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? formatNumber(value) : String(value);
}
