import { writeFileSync } from 'node:fs';

import type { ComparedSweeps, CompareSweepsOptions } from '@natsweep/report';
import { Option } from 'commander';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { collect, commaList } from '../options.ts';
import { printReportTable } from '../report-table.ts';
import { tellMemory } from '../results/large-sweep.ts';
import { findRecordedSweep, type RecordedSweep } from '../results/recorded-sweep.ts';
import { parseMetricNames, parseParameterNames, parseParameterValue, parseSelection } from '../results/selection.ts';
import { renderForest } from '../terminal/forest.ts';
import { formatNumber } from '../terminal/format.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withResults } from '../with-results.ts';

interface CompareOptions {
  readonly by: string;
  readonly metric?: string;
  readonly baseline?: string;
  readonly goal?: 'minimize' | 'maximize';
  readonly ignore?: readonly string[];
  readonly where?: readonly string[];
  readonly html?: string;
  readonly svg?: string;
  readonly png?: string;
  readonly json?: boolean;
}

export const registerCompare: Register = (program, cli, run) => {
  program
    .command('compare')
    .description(
      'Compares the values of a parameter over one or more sweeps of an experiment. Trials are paired by seed and all other ' +
        'parameters that both have: mean difference with 95 % confidence interval, win rate and effect size.',
    )
    .argument('<sweep...>')
    .requiredOption(
      '--by <parameter>',
      'whose values to compare, e.g. approximation; "sweep" compares the sweeps themselves',
    )
    .option('--metric <name>', 'what to compare (default: the objective of the sweep)')
    .option('--baseline <value>', 'the value to compare with (default: gradient-descent, else the first)')
    .addOption(
      new Option('--goal <goal>', 'what is better (default: the goal of the objective)').choices([
        'minimize',
        'maximize',
      ]),
    )
    .option(
      '--ignore <parameters>',
      'parameters that may differ within a pair; each side is then a mean over them',
      commaList,
    )
    .option('--where <condition>', 'only trials that meet this, e.g. depth=3; may be repeated', collect)
    .option('--html <file>', 'write table and plot as HTML')
    .option('--svg <file>', 'write the plot as SVG')
    .option('--png <file>', 'write the plot as PNG')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ natsweep compare quickstart --by approximation --metric finalTrainLoss\n')
    .action(run((sweeps: readonly string[], options: CompareOptions) => compare(cli, sweeps, options)));
};

async function compare(cli: Cli, sweeps: readonly string[], options: CompareOptions): Promise<ExitCode> {
  const { terminal, environment } = cli;
  const { html, svg, png, json } = options;
  const { compareSweeps, htmlComparison, renderPng } = await import('@natsweep/report');
  const compared = await withResults(environment, async (store) => {
    const recorded = await Promise.all(sweeps.map((name) => findRecordedSweep(store, name)));
    const asked = checked(options, recorded[0]!);
    await tellMemory(terminal, store, { sweeps, command: 'compare' });
    return compareSweeps(store, sweeps, asked);
  });
  const { comparison, figure } = compared;
  if (figure === undefined && (svg !== undefined || png !== undefined)) {
    throw badInput('There is no plot: no pair of trials has finite values to compare.');
  }
  if (html !== undefined) writeFileSync(html, htmlComparison(compared, sweeps));
  if (svg !== undefined) writeFileSync(svg, figure!.svg);
  if (png !== undefined) writeFileSync(png, renderPng(figure!.svg));
  if (json === true) terminal.json(comparison);
  else print(terminal, compared);
  return exitCodes.ok;
}

/** The options by the types of the first sweep. */
function checked(
  { by, metric, goal, baseline, ignore, where }: CompareOptions,
  sweep: RecordedSweep,
): CompareSweepsOptions {
  if (by !== 'sweep') parseParameterNames('--by', [by], sweep);
  if (metric !== undefined) parseMetricNames('--metric', [metric], sweep);
  const value = (text: string) => parseParameterValue(`--baseline ${text}`, { name: by, text }, sweep);
  return {
    by,
    ...(metric !== undefined && { metric }),
    ...(goal !== undefined && { goal }),
    ...(ignore !== undefined && { ignore: parseParameterNames('--ignore', ignore, sweep) }),
    ...(where !== undefined && { selection: parseSelection(where, sweep) }),
    ...(baseline !== undefined && { baseline: by === 'sweep' ? baseline : value(baseline) }),
  };
}

const widestPlot = 100;

function print(terminal: Terminal, { comparison, table }: ComparedSweeps): void {
  printReportTable(terminal, table);
  const { scale, goal } = comparison;
  const rows = comparison.rows.flatMap(({ value, estimate, interval }) =>
    estimate === null ? [] : [{ label: String(value), estimate, interval }],
  );
  if (!terminal.interactive || rows.length === 0) return;
  const lines = renderForest(rows, {
    neutral: scale === 'ratio' ? 1 : 0,
    scale: scale === 'ratio' ? 'log' : 'linear',
    width: Math.min(widestPlot, terminal.columns()),
    format: (end) => formatNumber(end, 3),
  });
  lines.forEach(terminal.print);
  const better = goal === 'minimize' ? 'left' : 'right';
  terminal.print(terminal.style('dim', `● mean ${scale} with its 95 % interval; ${better} of │ is better`));
}
