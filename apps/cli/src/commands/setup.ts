import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';

interface SetupOptions {
  readonly gpu?: boolean;
  readonly dryRun?: boolean;
}

/** It is the worker that has to do with engines; the CLI loads none. */
const script = fileURLToPath(new URL('../../../worker/src/setup-tensorflow.ts', import.meta.url));

export const registerSetup: Register = (program, cli, run) => {
  const setup = program
    .command('setup')
    .summary('install what is optional: TensorFlow')
    .description('Installs what is optional.')
    .helpCommand(false);
  setup
    .command('tensorflow')
    .summary('fetch TensorFlow and build the binding to it')
    .description(
      'Fetches the library of TensorFlow with pip and the sources of its binding with npm, compiles the binding, and tries it. ' +
        'Needs Linux, python3 with pip, npm and g++. Puts all into NATSWEEP_TENSORFLOW_DIR (default: natsweep/tensorflow in the cache folder).',
    )
    .option('--gpu', 'with CUDA, for a GPU: several gigabytes (default: for the CPU)')
    .option('-n, --dry-run', 'say what would be done and do nothing')
    .action(run((options: SetupOptions) => setupTensorflow(cli, options)));
};

function setupTensorflow({ terminal, environment }: Cli, { gpu, dryRun }: SetupOptions): Promise<ExitCode> | ExitCode {
  const variant = gpu === true ? 'gpu' : 'cpu';
  if (dryRun === true) {
    terminal.print(
      `Would fetch TensorFlow for the ${variant.toUpperCase()} with pip, compile the binding with g++, and try it.`,
    );
    return exitCodes.ok;
  }
  const child = spawn(process.execPath, [script, variant], {
    env: environment.variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => terminal.note(chunk.toString().trimEnd()));
  child.stderr.on('data', (chunk: Buffer) => terminal.note(chunk.toString().trimEnd()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0 ? exitCodes.ok : exitCodes.unavailable));
  });
}
