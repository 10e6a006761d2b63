import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Option } from 'commander';

import type { Cli, Register } from '../cli.ts';
import { badInput, CliError, exitCodes, type ExitCode } from '../exit.ts';
import { nextSignal } from '../interrupt.ts';

interface SetupOptions {
  readonly from?: 'wheel' | 'package';
  readonly gpu?: boolean;
  readonly dryRun?: boolean;
}

/** It is the worker that has to do with engines; the CLI loads none. */
const script = fileURLToPath(new URL('../../../worker/src/setup-tensorflow.ts', import.meta.url));

export const registerSetup: Register = (program, cli, run) => {
  const setup = program.command('setup').description('Installs what is optional.').helpCommand(false);
  setup
    .command('tensorflow')
    .summary('fetch TensorFlow and the binding to it, for GPUs')
    .description(
      'Fetches the library of TensorFlow with pip and the sources of its binding with npm, compiles the binding, and tries it. ' +
        'Needs Linux, python3 with pip, npm and g++. Puts all into NATSWEEP_TENSORFLOW_DIR (default: natsweep/tensorflow in ' +
        'the cache folder), where it can be replaced by running this again; what does not work replaces nothing.',
    )
    .option('--gpu', 'with CUDA, for a GPU: several gigabytes (default: for the CPU)')
    .addOption(
      new Option(
        '--from <source>',
        'wheel: as above; package: what the npm package fetches by itself, older, without pip and g++',
      )
        .choices(['wheel', 'package'])
        .default(undefined, 'wheel on Linux, else package'),
    )
    .option('-n, --dry-run', 'say what would be done and do nothing')
    .addHelpText('after', gpuHelp)
    .action(run((options: SetupOptions) => setupTensorflow(cli, options)));
};

const gpuHelp = `
On a machine with a GPU:
  $ natsweep setup tensorflow --gpu   fetch TensorFlow with CUDA, and see it compute on the GPU
  $ natsweep doctor                   name the GPUs, and what stands in the way of using them
  $ npm run bench -- engines          run the conformance suite there, then the benchmarks
  $ natsweep up                       one trial process per GPU
`;

async function setupTensorflow({ terminal, environment }: Cli, options: SetupOptions): Promise<ExitCode> {
  const { from, gpu = false, dryRun } = options;
  if (from === 'package' && gpu) throw badInput('--gpu chooses a wheel: leave it out with --from package.');
  if (dryRun === true) {
    terminal.print(
      from === 'package'
        ? 'Would let npm install @tensorflow/tfjs-node-gpu in a folder of its own, and try it.'
        : `Would fetch TensorFlow for the ${gpu ? 'GPU' : 'CPU'} with pip, compile the binding with g++, and try it.`,
    );
    return exitCodes.ok;
  }
  const args = [...(from === undefined ? [] : ['--from', from]), ...(gpu ? ['--gpu'] : [])];
  const child = spawn(process.execPath, [script, ...args], {
    env: environment.variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => terminal.note(line));
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  // A Ctrl-C reaches both processes; the one that has something to tidy up ends first.
  void nextSignal().then(() => child.kill('SIGTERM'));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return exitCodes.ok;
  const exitCode = code === exitCodes.interrupted ? exitCodes.interrupted : exitCodes.unavailable;
  throw new CliError(`TensorFlow was not set up: ${complaint.trim()}`, exitCode);
}
