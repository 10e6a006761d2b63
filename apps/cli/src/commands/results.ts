import type { ResultsStore, RowQuery } from '@natsweep/results';

import { Option } from 'commander';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { collect, commaList, positiveInteger } from '../options.ts';
import { describeFixed, fitColumns, flatRecord, readableColumns } from '../results/columns.ts';
import { printGroups } from '../results/groups.ts';
import { exportRows } from '../results/export-rows.ts';
import { pages } from '../results/pages.ts';
import { findRecordedSweep, type RecordedSweep } from '../results/recorded-sweep.ts';
import { metricNames, parseMetricNames, parseParameterNames, parseSelection, parseSort } from '../results/selection.ts';
import { formatCount, plural } from '../terminal/format.ts';
import { printTable } from '../terminal/table.ts';
import { noteWrapped } from '../terminal/wrap.ts';
import { withResults } from '../with-results.ts';

interface ResultsOptions {
  readonly where?: readonly string[];
  readonly failed?: boolean;
  readonly sort?: string;
  readonly by?: readonly string[];
  readonly metrics?: readonly string[];
  readonly limit?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly jsonl?: boolean;
  /** A file. */
  readonly parquet?: string;
}

const rowsOnTerminal = 20;

export const registerResults: Register = (program, cli, run) => {
  program
    .command('results')
    .description(
      'Shows the recorded trials of a sweep, or with --by their means with confidence intervals. On a terminal a table of the first rows; piped, all rows as tab-separated values.',
    )
    .argument('<sweep>')
    .option(
      '--where <condition>',
      'only trials that meet this, e.g. depth=3 or "finalTrainLoss < 1e-3"; may be repeated',
      collect,
    )
    .option('--failed', 'only trials that failed, with their reasons')
    .option(
      '--sort <column>',
      'a metric, a parameter, index, seed, elapsedSeconds or peakMemoryBytes; -NAME sorts downwards',
    )
    .option('--by <parameters>', 'means over the trials that agree in these, e.g. approximation,width', commaList)
    .option('--metrics <names>', 'only these metrics', commaList)
    .option('--limit <n>', `rows to show (default: ${rowsOnTerminal} on a terminal, else all)`, positiveInteger)
    .addOption(new Option('--json', 'print JSON').conflicts(['csv', 'jsonl', 'parquet']))
    .addOption(new Option('--csv', 'print CSV').conflicts(['jsonl', 'parquet']))
    .addOption(new Option('--jsonl', 'print JSON Lines').conflicts('parquet'))
    .option('--parquet <file>', 'write a Parquet file')
    .addHelpText(
      'after',
      `
Examples:
  $ natsweep results quickstart --by approximation,width --metrics finalTrainLoss
  $ natsweep results quickstart --where approximation=kfac --sort -finalTrainLoss
  $ natsweep results quickstart --csv > quickstart.csv
`,
    )
    .action(
      run((name: string, options: ResultsOptions) =>
        withResults(cli.environment, async (results) => {
          const sweep = await findRecordedSweep(results, name);
          if (options.by !== undefined) return showGroups(cli, results, sweep, options);
          const exported = options.csv === true || options.jsonl === true || options.parquet !== undefined;
          if (!exported) return showRows(cli, results, sweep, options);
          refuseWithExport(options);
          return exportRows(cli.terminal, results, sweep, options);
        }),
      ),
    );
};

function refuseWithExport({ sort, limit, metrics }: ResultsOptions): void {
  if (sort === undefined && limit === undefined && metrics === undefined) return;
  throw badInput('Exports hold whole trials as they were recorded: leave out --sort, --limit and --metrics.');
}

async function showRows(
  cli: Cli,
  results: ResultsStore,
  sweep: RecordedSweep,
  options: ResultsOptions,
): Promise<ExitCode> {
  const { terminal } = cli;
  const metrics = options.metrics && parseMetricNames('--metrics', options.metrics, sweep);
  const query: RowQuery = {
    ...parseSelection(options.where ?? [], sweep),
    ...(options.failed === true && { kind: 'failed' as const }),
    ...(options.sort !== undefined && parseSort(options.sort, sweep)),
    ...(options.limit !== undefined && { limit: options.limit }),
  };
  const { name } = sweep.stored;
  if (options.json === true) return printJson(cli, results, sweep, query);
  const columns = [
    ...readableColumns(terminal, sweep, metrics ?? (options.failed === true ? [] : undefined)),
    ...(options.failed === true ? [failureReason] : []),
  ];
  if (!terminal.interactive) {
    let first = true;
    for await (const rows of pages(results, name, query)) {
      printTable(terminal, columns, rows, { header: first });
      first = false;
    }
    return exitCodes.ok;
  }
  const limit = options.limit ?? rowsOnTerminal;
  const rows = await results.rows(name, { ...query, limit: limit + 1 });
  await describeSweep(cli, results, sweep);
  if (rows.length === 0) {
    terminal.note(options.failed === true ? 'No trial failed.' : 'No recorded trial matches.');
    return exitCodes.ok;
  }
  const { shown, hidden } =
    options.failed === true ? { shown: columns, hidden: [] } : fitColumns(terminal, columns, rows.slice(0, limit));
  printTable(terminal, shown, rows.slice(0, limit));
  if (rows.length > limit)
    terminal.note(terminal.style('dim', `… and more: --limit N shows N rows, --csv and --json print all.`));
  if (hidden.length > 0)
    noteWrapped(terminal, 'dim', `Not shown for want of width: ${hidden.join(', ')} (--metrics chooses).`);
  return exitCodes.ok;
}

const failureReason = {
  header: 'REASON',
  cell: (row: { readonly kind: string; readonly message?: string }) => row.message ?? '',
  prose: true,
};

async function showGroups(
  cli: Cli,
  results: ResultsStore,
  sweep: RecordedSweep,
  options: ResultsOptions,
): Promise<ExitCode> {
  const by = parseParameterNames('--by', options.by ?? [], sweep);
  const metrics = options.metrics ? parseMetricNames('--metrics', options.metrics, sweep) : metricNames(sweep);
  const { observed } = await results.counts(sweep.stored.name);
  const groups =
    observed === 0
      ? []
      : await results.groups(sweep.stored.name, by, metrics, parseSelection(options.where ?? [], sweep));
  if (cli.terminal.interactive) await describeSweep(cli, results, sweep);
  printGroups(cli.terminal, {
    declaration: sweep.declaration,
    by,
    metrics,
    groups,
    format: options.json === true ? 'json' : options.csv === true ? 'csv' : 'table',
  });
  return exitCodes.ok;
}

async function describeSweep({ terminal }: Cli, results: ResultsStore, sweep: RecordedSweep): Promise<void> {
  const { stored } = sweep;
  const { observed, failed } = await results.counts(stored.name);
  const fixed = describeFixed(sweep);
  terminal.note(
    `${terminal.style('bold', stored.name)}: ${formatCount(observed + failed)} of ${plural(stored.planned, 'trial')} of ${stored.experiment} recorded` +
      (failed > 0 ? `, ${formatCount(failed)} failed` : ''),
  );
  if (fixed !== '') noteWrapped(terminal, 'dim', `all with ${fixed}`);
}

async function printJson(
  { terminal }: Cli,
  results: ResultsStore,
  sweep: RecordedSweep,
  query: RowQuery,
): Promise<ExitCode> {
  let separator = '[\n';
  for await (const rows of pages(results, sweep.stored.name, query)) {
    terminal.print(separator + rows.map((row) => JSON.stringify(flatRecord(row, sweep))).join(',\n'));
    separator = ',\n';
  }
  terminal.print(separator.startsWith('[') ? '[]' : ']');
  return exitCodes.ok;
}
