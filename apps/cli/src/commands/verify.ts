import { isRetired } from '@natsweep/results';
import { createGrid } from '@natsweep/sweep';

import type { Register } from '../cli.ts';
import { badInput, exitCodes } from '../exit.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { formatCount } from '../terminal/format.ts';
import { withResults } from '../with-results.ts';

export const registerVerify: Register = (program, cli, run) => {
  program
    .command('verify')
    .description(
      'Reads every record of a sweep, computes its hash again and holds it against the planned grid. Ends with 0 if all planned trials are recorded exactly once, else with 1.',
    )
    .argument('<sweep>')
    .option('--json', 'print JSON')
    .action(
      run(async (name: string, { json }: { json?: boolean }) => {
        const { terminal, environment } = cli;
        const result = await withResults(environment, async (results) => {
          const { spec, declaration } = await findRecordedSweep(results, name);
          if (isRetired(name)) {
            throw badInput(`${name} keeps what was recorded before a retry or a change, and is not meant to be whole.`);
          }
          const grid = createGrid(spec, declaration);
          terminal.status(`Reading ${name} …`);
          return results.verify(name, { size: grid.size, trialId: (index) => grid.trial(index).trialId });
        });
        terminal.status('');
        const exitCode = result.clean ? exitCodes.ok : exitCodes.negative;
        if (json === true) {
          terminal.json({ sweep: name, ...result });
          return exitCode;
        }
        const mark = result.clean ? terminal.style('green', '✓') : terminal.style('red', '✗');
        const { planned, recorded, missing, duplicates, misplaced, damaged } = result;
        terminal.print(
          `${mark} ${name}: ${formatCount(planned)} planned, ${formatCount(recorded)} recorded, ${formatCount(missing)} missing, ` +
            `${formatCount(duplicates)} duplicate, ${formatCount(misplaced)} misplaced, ${formatCount(damaged)} damaged.`,
        );
        for (const problem of result.problems) terminal.print(`  ${problem}`);
        return exitCode;
      }),
    );
};
