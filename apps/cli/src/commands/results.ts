import type { ResultsStore, RowQuery } from '@natsweep/results';
import { formatCount, plural } from '@natsweep/sweep';

import { Option } from 'commander';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { collect, commaList, positiveInteger } from '../options.ts';
import { describeFixed, flatRecord, readableColumns } from '../results/columns.ts';
import { readDifferences } from '../results/differences.ts';
import { printGroups, type Groups } from '../results/groups.ts';
import { exportRows } from '../results/export-rows.ts';
import { pages } from '../results/pages.ts';
import { findRecordedSweep, type RecordedSweep } from '../results/recorded-sweep.ts';
import {
  metricNames,
  parseEquality,
  parseMetricNames,
  parseParameterNames,
  parseSelection,
  parseSort,
} from '../results/selection.ts';
import { printTable } from '../terminal/table.ts';
import { noteWrapped } from '../terminal/wrap.ts';
import { withResults } from '../with-results.ts';

interface ResultsOptions {
  readonly where?: readonly string[];
  readonly failed?: boolean;
  readonly sort?: string;
  readonly by?: readonly string[];
  /** PARAMETER=VALUE */
  readonly against?: string;
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
      'Shows the recorded trials of a sweep, with --by their means with confidence intervals, or with --against their mean differences to trials of equal seed and parameters. On a terminal a table of the first rows; piped, all rows as tab-separated values.',
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
    .option(
      '--against <parameter=value>',
      'mean differences to the trials with this value that agree in seed and all other parameters, e.g. approximation=exact; --by divides them',
    )
    .option('--metrics <names>', 'only these metrics (default with --against: the objective)', commaList)
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
  $ natsweep results quickstart --against approximation=exact --by width
  $ natsweep results quickstart --where approximation=kfac --sort -finalTrainLoss
  $ natsweep results quickstart --csv > quickstart.csv
`,
    )
    .action(
      run((name: string, options: ResultsOptions) =>
        withResults(cli.environment, async (results) => {
          const sweep = await findRecordedSweep(results, name);
          if (options.by !== undefined || options.against !== undefined) {
            refuseWithMeans(options);
            return showGroups(cli, results, sweep, options);
          }
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

function refuseWithMeans({ sort, limit, failed, jsonl, parquet }: ResultsOptions): void {
  const given = Object.entries({ sort, limit, failed, jsonl, parquet }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  const names = given.map(([name]) => `--${name}`).join(' and ');
  throw badInput(`--by and --against show means, as a table, --csv or --json: leave out ${names}.`);
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
  printTable(terminal, columns, rows.slice(0, limit), { otherwise: '--metrics chooses, --csv has all' });
  if (rows.length > limit)
    terminal.note(terminal.style('dim', `… and more: --limit N shows N rows, --csv and --json print all.`));
  return exitCodes.ok;
}

const failureReason = {
  header: 'REASON',
  cell: (row: { readonly kind: string; readonly message?: string }) => row.message ?? '',
  prose: true,
  essential: true,
};

async function showGroups(
  cli: Cli,
  results: ResultsStore,
  sweep: RecordedSweep,
  options: ResultsOptions,
): Promise<ExitCode> {
  const { name } = sweep.stored;
  const by = parseParameterNames('--by', options.by ?? [], sweep);
  const metrics = options.metrics && parseMetricNames('--metrics', options.metrics, sweep);
  const selection = parseSelection(options.where ?? [], sweep);
  const format: Groups['format'] = options.json === true ? 'json' : options.csv === true ? 'csv' : 'table';
  const compared = options.against === undefined ? undefined : parseEquality('--against', options.against, sweep);
  const { observed } = await results.counts(name);
  if (cli.terminal.interactive) await describeSweep(cli, results, sweep);
  const shown = { declaration: sweep.declaration, format };
  if (compared === undefined) {
    const all = metrics ?? metricNames(sweep);
    const groups = observed === 0 ? [] : await results.groups(name, by, all, selection);
    printGroups(cli.terminal, { ...shown, by, metrics: all, groups });
    return exitCodes.ok;
  }
  const [parameter, baseline] = compared;
  const query = { ...selection, parameter, baseline, by, metrics: metrics ?? metricNames(sweep).slice(0, 1) };
  const groups = observed === 0 ? [] : await readDifferences(results, name, query);
  const keys = [parameter, ...by.filter((other) => other !== parameter)];
  const against = `${parameter}=${baseline}`;
  printGroups(cli.terminal, { ...shown, by: keys, metrics: query.metrics, groups, against });
  if (groups.length === 0) noteWrapped(cli.terminal, 'dim', unpaired(against));
  return exitCodes.ok;
}

function unpaired(against: string): string {
  return `No other trial agrees with one of ${against} in its seed and all other parameters: natsweep compare averages over those that only some trials have, and over those that --ignore names.`;
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
