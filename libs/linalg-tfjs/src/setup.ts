import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BINDING_FILE, RECORD_FILE, tensorflowDirectory } from './locate.ts';
import type { SetupRecord } from './locate.ts';

export interface SetupOptions {
  /** With CUDA, for a GPU (several gigabytes), or for the CPU only. Default 'cpu'. */
  readonly variant?: 'cpu' | 'gpu';
  /** Default: `tensorflowDirectory()`. */
  readonly directory?: string;
  /** Called as each step begins, with one line that says what it does. */
  readonly onProgress?: (step: string) => void;
}

/** A step of the set-up failed; what was there before is untouched. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly code = 'TENSORFLOW_SETUP';
}

/** The release that this library is tested with. */
const TENSORFLOW_VERSION = '2.21.0';
const BINDING_PACKAGE = '@tensorflow/tfjs-node-gpu@4.22.0';

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const execute = promisify(execFile);

/**
 * Builds the native binding of tfjs-node against the library of a TensorFlow wheel, and puts both into `directory` with a
 * record of version and device. Needs Linux, python3 with pip, npm, g++ and the network.
 *
 * All happens in a folder beside `directory`, which takes its place only after a smoke test in a process of its own. It can
 * be repeated, and interrupted, safely. Throws `SetupError`.
 */
export async function setupTensorflow(options: SetupOptions = {}): Promise<SetupRecord> {
  const { variant = 'cpu', directory = tensorflowDirectory(), onProgress = () => undefined } = options;
  await checkMachine();
  await removeAbandoned(directory);
  const work = `${directory}.partial-${process.pid}`;
  const result = join(work, 'result');
  await mkdir(result, { recursive: true });
  try {
    onProgress(`fetching the library of TensorFlow ${TENSORFLOW_VERSION} for the ${variant.toUpperCase()} with pip`);
    await unpackWheels(work, variant);
    onProgress(`fetching the sources of ${BINDING_PACKAGE} with npm`);
    await step('npm', ['pack', '--silent', '--pack-destination', work, BINDING_PACKAGE]);
    await step('tar', ['-xzf', join(work, await onlyFile(work, '.tgz')), '-C', work]);
    onProgress('compiling the binding with g++');
    await compile(work);
    onProgress('testing it');
    const smokeTest = join(import.meta.dirname, 'smoke.ts');
    const record = JSON.parse(await step(process.execPath, [smokeTest, join(result, BINDING_FILE)])) as SetupRecord;
    await writeFile(join(result, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
    await replace(directory, result);
    return record;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checkMachine(): Promise<void> {
  if (process.platform !== 'linux')
    throw new SetupError('TensorFlow can be built on Linux only; use the openblas engine here');
  await step('g++', ['--version']);
  await step('python3', ['-m', 'pip', '--version']);
}

/**
 * Leaves TensorFlow's library in work/result/tensorflow, CUDA's in work/result/nvidia (side by side, as the library expects
 * them), and the headers in work/wheels/tensorflow/include.
 */
async function unpackWheels(work: string, variant: 'cpu' | 'gpu'): Promise<void> {
  const wheels = join(work, 'wheels');
  const result = join(work, 'result');
  await mkdir(wheels);
  await download(
    wheels,
    variant === 'cpu'
      ? ['--no-deps', `tensorflow-cpu==${TENSORFLOW_VERSION}`]
      : [`tensorflow[and-cuda]==${TENSORFLOW_VERSION}`],
  );
  for (const file of await readdir(wheels)) await step('python3', ['-m', 'zipfile', '-e', join(wheels, file), wheels]);
  await mkdir(join(result, 'tensorflow'));
  for (const name of LIBRARIES) await rename(join(wheels, 'tensorflow', name), join(result, 'tensorflow', name));
  if (variant === 'gpu') await rename(join(wheels, 'nvidia'), join(result, 'nvidia'));
}

/** Fetches wheels for this machine's Python, else for one that has them: only what is not Python is used. */
async function download(folder: string, requirements: readonly string[]): Promise<void> {
  const pip = ['-m', 'pip', 'download', '--quiet', '--only-binary=:all:', '--dest', folder];
  try {
    await step('python3', [...pip, ...requirements]);
  } catch {
    await step('python3', [...pip, '--python-version', '3.12', ...requirements]);
  }
}

async function compile(work: string): Promise<void> {
  const nodeHeaders = dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json'));
  const result = join(work, 'result');
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(work, 'package', 'binding', file));
  await step('g++', [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
    `-I${join(work, 'wheels', 'tensorflow', 'include')}`,
    `-I${join(nodeHeaders, 'include')}`,
    ...sources,
    ...['-o', join(result, BINDING_FILE), '-Wl,-rpath,$ORIGIN/tensorflow'],
    `-L${join(result, 'tensorflow')}`,
    ...LIBRARIES.map((name) => `-l:${name}`),
  ]);
}

/** Puts `result` in the place of `directory`. */
async function replace(directory: string, result: string): Promise<void> {
  const previous = `${directory}.partial-${process.pid}/previous`;
  const replaced = await rename(directory, previous).then(
    () => true,
    () => false,
  );
  try {
    await rename(result, directory);
  } catch (error) {
    if (replaced) await rename(previous, directory);
    throw error;
  }
}

/** Removes what set-ups that were killed have left behind. */
async function removeAbandoned(directory: string): Promise<void> {
  const prefix = `${basename(directory)}.partial-`;
  const entries = await readdir(dirname(directory)).catch(() => []);
  for (const entry of entries) {
    if (!entry.startsWith(prefix) || isRunning(Number(entry.slice(prefix.length)))) continue;
    await rm(join(dirname(directory), entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function onlyFile(folder: string, suffix: string): Promise<string> {
  const found = (await readdir(folder)).find((file) => file.endsWith(suffix));
  if (found === undefined) throw new SetupError(`no ${suffix} file in ${folder}`);
  return found;
}

/** Runs a command and returns its output; throws `SetupError` with the end of what it complained about. */
async function step(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { maxBuffer: 64 * 2 ** 20 });
    return stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new SetupError(`${command} is not installed; it is needed to set TensorFlow up`);
    const complaint = stderr?.trim().split('\n').slice(-3).join(' ') ?? String(error);
    throw new SetupError(`${[command, ...args].slice(0, 3).join(' ')} failed: ${complaint}`, { cause: error });
  }
}
