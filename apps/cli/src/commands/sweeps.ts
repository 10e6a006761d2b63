import { namedSweeps } from '@natsweep/catalogue';

import type { Register } from '../cli.ts';
import { exitCodes } from '../exit.ts';
import { sizeOption } from '../options.ts';
import { loadSweep } from '../sweep-source.ts';
import { formatCount } from '../terminal/format.ts';
import { printTable } from '../terminal/table.ts';
import type { LoadOptions } from '../sweep-source.ts';

export const registerSweeps: Register = (program, cli, run) => {
  program
    .command('sweeps')
    .summary('list the sweeps that ship with natsweep')
    .description('Lists the sweeps that ship with natsweep: "natsweep launch NAME" runs one.')
    .addOption(sizeOption())
    .option('--json', 'print JSON')
    .action(
      run(({ size, json }: LoadOptions & { json?: boolean }) => {
        const sweeps = namedSweeps().map((name) => {
          const { spec, declaration, grid } = loadSweep(name, size === undefined ? {} : { size });
          return {
            name,
            trials: grid.size,
            experiment: spec.experiment,
            source: declaration.source,
            description: spec.description,
          };
        });
        if (json === true) {
          cli.terminal.print(JSON.stringify(sweeps, undefined, 2));
          return exitCodes.ok;
        }
        printTable(
          cli.terminal,
          [
            { header: 'NAME', cell: ({ name }) => name },
            { header: 'TRIALS', cell: ({ trials }) => formatCount(trials), align: 'right' },
            { header: 'WHAT IT ASKS', cell: ({ description }) => description, prose: true },
          ],
          sweeps,
        );
        return exitCodes.ok;
      }),
    );
};
