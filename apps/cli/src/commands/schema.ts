import { sweepJsonSchema } from '@natsweep/sweep';

import type { Register } from '../cli.ts';
import { exitCodes } from '../exit.ts';

export const registerSchema: Register = (program, cli, run) => {
  program
    .command('schema')
    .description('Prints the JSON Schema of a sweep file, for editors that complete and check YAML.')
    .addHelpText(
      'after',
      `
Example, with the YAML language server:
  $ natsweep schema > sweep.schema.json
  and as the first line of a sweep file:
  # yaml-language-server: $schema=sweep.schema.json
`,
    )
    .action(
      run(() => {
        cli.terminal.json(sweepJsonSchema());
        return exitCodes.ok;
      }),
    );
};
