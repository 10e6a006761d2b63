import { basename, dirname, extname, join } from 'node:path';

import type { JudgedClaim, Report, ReportFormat, WrittenReport } from '@natsweep/report';
import { plural } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { tellMemory } from '../results/large-sweep.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { printReportTable } from '../report-table.ts';
import type { Style, Terminal } from '../terminal/terminal.ts';
import { wrap } from '../terminal/wrap.ts';
import { withResults } from '../with-results.ts';

interface ReportOptions {
  readonly out?: string;
  readonly json?: boolean;
  readonly html?: boolean;
  readonly md?: boolean;
  readonly svg?: boolean;
  readonly png?: boolean;
}

export const registerReport: Register = (program, cli, run) => {
  program
    .command('report')
    .description(
      'Shows the tables of a sweep and a verdict on every claim that it tests, and writes them and its figures as files. Works on sweeps that still run: what is recorded so far is judged.',
    )
    .argument('<sweep>')
    .option('-o, --out <folder>', 'where the files go (default: reports/SWEEP in the home)')
    .option('--html', 'write the whole report as one self-contained HTML file')
    .option('--md', 'write the tables as Markdown')
    .option('--svg', 'write the figures as SVG')
    .option('--png', 'write the figures as PNG (default: all four)')
    .option('--json', 'print verdicts and tables as JSON')
    .action(run((sweep: string, options: ReportOptions) => showReport(cli, sweep, options)));
};

/** Writes the report of a sweep and shows its tables and verdicts. */
export async function showReport(
  { terminal, environment }: Cli,
  sweep: string,
  { out, json, ...chosen }: ReportOptions = {},
): Promise<ExitCode> {
  const all: readonly ReportFormat[] = ['html', 'md', 'svg', 'png'];
  const formats = all.filter((format) => chosen[format] === true);
  const { writeReport } = await import('@natsweep/report');
  const written = await withResults(environment, async (store) => {
    await findRecordedSweep(store, sweep);
    await tellMemory(terminal, store, { sweeps: [sweep], command: 'report' });
    terminal.status('Drawing …');
    const directory = out ?? join(environment.home, 'reports', sweep);
    return writeReport({ store, sweep, directory, formats: formats.length === 0 ? all : formats });
  });
  terminal.status('');
  if (json === true)
    terminal.json({ ...reportFacts(written.report), tables: written.report.tables, files: written.files });
  else print(terminal, written);
  return exitCodes.ok;
}

/** What a report says, for programs. */
export function reportFacts({ results: { sweep, counts }, claims }: Report) {
  return {
    sweep: sweep.name,
    planned: sweep.planned,
    observed: counts.observed,
    failed: counts.failed,
    claims: claims.map(({ claim: { id, statement, source }, verdict }) => ({
      id,
      statement,
      source,
      ...verdict,
    })),
  };
}

function print(terminal: Terminal, { report, files }: WrittenReport): void {
  const { sweep, counts } = report.results;
  const recorded = counts.observed + counts.failed;
  if (recorded < sweep.planned) {
    const so = `Only ${recorded} of ${plural(sweep.planned, 'trial')} are recorded so far; tables and verdicts are of these.`;
    terminal.note(terminal.style('yellow', so));
  }
  for (const table of report.tables) printReportTable(terminal, table);
  if (report.claims.length > 0) terminal.print(terminal.style('bold', 'Claims'));
  for (const judged of report.claims) printVerdict(terminal, judged);
  printFiles(terminal, files);
}

/** The folder, then one line per document or figure with the formats in which it is there. */
function printFiles(terminal: Terminal, files: readonly string[]): void {
  const byStem = Map.groupBy(files, (file) => basename(file, extname(file)));
  terminal.print(`${terminal.style('bold', 'Files')} in ${dirname(files[0]!)}`);
  for (const [stem, same] of byStem) terminal.print(`  ${stem}${same.map((file) => extname(file)).join(', ')}`);
}

export const verdictStyles: Readonly<Record<JudgedClaim['verdict']['status'], readonly [mark: string, style: Style]>> =
  {
    reproduced: ['✓', 'green'],
    'not reproduced': ['✗', 'red'],
    undecided: ['?', 'yellow'],
  };

function printVerdict(terminal: Terminal, { claim, verdict }: JudgedClaim): void {
  const [mark, style] = verdictStyles[verdict.status];
  const width = terminal.columns() - 4;
  const indented = (text: string) => wrap(text, width).map((line) => `    ${line}`);
  terminal.print(`  ${terminal.style(style, `${mark} ${verdict.status}`)}  ${terminal.style('dim', claim.source)}`);
  for (const line of indented(claim.statement)) terminal.print(line);
  const detail = verdict.detail === undefined ? '' : ` (${verdict.detail})`;
  const facts = `expected ${verdict.expected}; measured ${verdict.measured}; threshold ${verdict.threshold}${detail}`;
  for (const line of indented(facts)) terminal.print(terminal.style('dim', line));
  terminal.print('');
}
