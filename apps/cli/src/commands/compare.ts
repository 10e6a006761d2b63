import { writeFileSync } from 'node:fs';

import { Option } from 'commander';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { printReportTable } from '../report-table.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { parseMetricNames, parseParameterNames, parseParameterValue } from '../results/selection.ts';
import { withResults } from '../with-results.ts';

interface CompareOptions {
  readonly by: string;
  readonly metric?: string;
  readonly baseline?: string;
  readonly goal?: 'minimize' | 'maximize';
  readonly svg?: string;
  readonly png?: string;
  readonly json?: boolean;
}

export const registerCompare: Register = (program, cli, run) => {
  program
    .command('compare')
    .summary('compare approximations, or sweeps, paired over seeds')
    .description(
      'Compares the values of a parameter over one or more sweeps of an experiment. Trials are paired by seed and all other ' +
        'parameters: mean difference with 95 % confidence interval, win rate and effect size.',
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
    .option('--svg <file>', 'write the plot as SVG')
    .option('--png <file>', 'write the plot as PNG')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ natsweep compare quickstart --by approximation --metric finalTrainLoss\n')
    .action(run((sweeps: readonly string[], options: CompareOptions) => compare(cli, sweeps, options)));
};

async function compare(
  { terminal, environment }: Cli,
  sweeps: readonly string[],
  { by, metric, baseline, goal, svg, png, json }: CompareOptions,
): Promise<ExitCode> {
  const { compareSweeps, renderPng } = await import('@natsweep/report');
  const { comparison, table, figure } = await withResults(environment, async (store) => {
    const recorded = await Promise.all(sweeps.map((name) => findRecordedSweep(store, name)));
    const [first] = recorded;
    if (by !== 'sweep') parseParameterNames('--by', [by], first!);
    if (metric !== undefined) parseMetricNames('--metric', [metric], first!);
    return compareSweeps(store, sweeps, {
      by,
      ...(metric !== undefined && { metric }),
      ...(goal !== undefined && { goal }),
      ...(baseline !== undefined && {
        baseline: by === 'sweep' ? baseline : parseParameterValue('--baseline', { name: by, text: baseline }, first!),
      }),
    });
  });
  if (figure === undefined && (svg !== undefined || png !== undefined)) {
    throw badInput('There is no plot: no pair of trials has finite values to compare.');
  }
  if (svg !== undefined) writeFileSync(svg, figure!.svg);
  if (png !== undefined) writeFileSync(png, renderPng(figure!.svg));
  if (json === true) terminal.print(JSON.stringify(comparison, undefined, 2));
  else printReportTable(terminal, table);
  return exitCodes.ok;
}
