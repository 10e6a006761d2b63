import { isRetired, type Verification } from '@natsweep/results';
import { createGrid, formatCount, plural } from '@natsweep/sweep';

import type { Register } from '../cli.ts';
import { exitCodes } from '../exit.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { withResults } from '../with-results.ts';

export const registerVerify: Register = (program, cli, run) => {
  program
    .command('verify')
    .description(
      'Reads every record of a sweep, computes its hash again and holds it against the planned grid. Ends with 0 if all planned ' +
        'trials are recorded exactly once, else with 1. In what NAME@VERSION keeps of an earlier version no trial counts as missing.',
    )
    .argument('<sweep>')
    .option('--json', 'print JSON')
    .action(
      run(async (name: string, { json }: { json?: boolean }) => {
        const { terminal, environment } = cli;
        const result = await withResults(environment, async (results) => {
          const { stored, spec, declaration } = await findRecordedSweep(results, name);
          const grid = createGrid(spec, declaration);
          terminal.status(`Reading ${name} …`);
          const found = await results.verify(name, { size: grid.size, trialId: (index) => grid.trial(index).trialId });
          if (found.missing > 0 && (stored.state === 'running' || stored.state === 'paused') && !isRetired(name))
            terminal.note(`${name} has not ended: what is missing is yet to come.`);
          return found;
        });
        terminal.status('');
        const found: Found = isRetired(name)
          ? { ...result, missing: null, clean: result.problems.length === 0 }
          : result;
        const exitCode = found.clean ? exitCodes.ok : exitCodes.negative;
        if (json === true) {
          terminal.json({ sweep: name, ...found });
          return exitCode;
        }
        const mark = found.clean ? terminal.style('green', '✓') : terminal.style('red', '✗');
        terminal.print(`${mark} ${name}: ${describe(name, found)}.`);
        for (const problem of found.problems) terminal.print(`  ${problem}`);
        return exitCode;
      }),
    );
};

/** `missing` is null where trials are meant to be elsewhere. */
type Found = Omit<Verification, 'missing'> & { readonly missing: number | null };

function describe(name: string, { planned, recorded, missing, duplicates, misplaced, damaged }: Found): string {
  const faults = `${formatCount(duplicates)} duplicate, ${formatCount(misplaced)} misplaced, ${formatCount(damaged)} damaged`;
  if (missing === null)
    return `${plural(recorded, 'record')} of an earlier version of ${name.slice(0, name.lastIndexOf('@'))}, ${faults}`;
  return `${formatCount(planned)} planned, ${formatCount(recorded)} recorded, ${formatCount(missing)} missing, ${faults}`;
}
