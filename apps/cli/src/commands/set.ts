import { InvalidArgumentError } from 'commander';

import type { Register } from '../cli.ts';
import { exitCodes } from '../exit.ts';
import { orderAndSay } from '../order.ts';

const settings = [
  {
    key: 'priority',
    summary: 'sweeps of higher priority are served first (0 to 100)',
    parse: (text: string) => {
      if (!/^(\d{1,2}|100)$/.test(text)) throw new InvalidArgumentError('Give a whole number from 0 to 100.');
      return Number(text);
    },
  },
  {
    key: 'weight',
    summary: 'share of the slots among sweeps of equal priority',
    parse: (text: string) => {
      const weight = Number(text);
      if (!(weight > 0 && weight <= 1000)) throw new InvalidArgumentError('Give a number above 0 and up to 1000.');
      return weight;
    },
  },
] as const;

export const registerSet: Register = (program, cli, run) => {
  const set = program
    .command('set')
    .summary('change the priority or weight of a running sweep')
    .description('Changes the place of a running sweep among the others.')
    .helpCommand(false);
  for (const { key, summary, parse } of settings) {
    set
      .command(key)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .argument('<sweep>')
      .argument('<value>', '', parse)
      .option('-n, --dry-run', 'say what would be done and do nothing')
      .action(
        run(async (sweep: string, value: number, { dryRun }: { dryRun?: boolean }) => {
          if (dryRun === true) cli.terminal.print(`${sweep} would have ${key} ${value}.`);
          else await orderAndSay(cli, { kind: 'share', sweep, [key]: value });
          return exitCodes.ok;
        }),
      );
  }
};
