import type { Register } from '../cli.ts';
import { rerunTrial, type RerunOptions } from './trial-rerun.ts';
import { showTrial, type ShowOptions } from './trial-show.ts';

export const registerTrial: Register = (program, cli, run) => {
  const trial = program
    .command('trial')
    .description('Looks at one trial, or repeats it. Any beginning of its id that is unambiguous will do.')
    .helpCommand(false);
  trial
    .command('show')
    .summary('show what a trial was given and what it reported')
    .description(
      'Shows parameters, attempts, metrics and traces of a trial; of a failed one the reason and the end of its log.',
    )
    .argument('<id>')
    .option('--sweep <sweep>', 'look only in this sweep')
    .option('--json', 'print JSON')
    .action(run((id: string, options: ShowOptions) => showTrial(cli, id, options)));
  trial
    .command('rerun')
    .summary('repeat a trial here and compare the bytes')
    .description(
      'Repeats a trial on this machine from its recorded parameters, seed and engine, and says whether it reports the same bytes. Nothing is recorded. Ends with 1 if they differ.',
    )
    .argument('<id>')
    .option('--sweep <sweep>', 'look only in this sweep')
    .option('--engine <name>', 'another engine than the recorded one')
    .option('--json', 'print JSON')
    .action(run((id: string, options: RerunOptions) => rerunTrial(cli, id, options)));
};
