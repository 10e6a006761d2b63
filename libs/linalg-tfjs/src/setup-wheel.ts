import { mkdir, readdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BINDING_FILE, BINDING_PACKAGE } from './locate.ts';
import { SetupError } from './setup-steps.ts';
import type { SetupSite } from './setup.ts';

/** The release that this library is tested with. */
const TENSORFLOW_VERSION = '2.21.0';

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/**
 * Builds the binding against the library of a TensorFlow wheel: newer than the one that the npm package fetches, and with
 * CUDA where it is for GPUs. Needs Linux, python3 with pip, npm and g++.
 *
 * @returns the path of the binding in `site.result`
 */
export async function buildOnWheel(site: SetupSite, variant: 'cpu' | 'gpu'): Promise<string> {
  const { work, step, onProgress } = site;
  if (process.platform !== 'linux')
    throw new SetupError('The wheel of TensorFlow can be used on Linux only; take the npm package (--from package)');
  await step('g++', ['--version']);
  await step('python3', ['-m', 'pip', '--version']);
  onProgress(`fetching the library of TensorFlow ${TENSORFLOW_VERSION} for the ${variant.toUpperCase()} with pip`);
  await unpackWheels(site, variant);
  onProgress(`fetching the sources of ${BINDING_PACKAGE} with npm`);
  await step('npm', ['pack', '--silent', '--pack-destination', work, BINDING_PACKAGE]);
  await step('tar', ['-xzf', join(work, await onlyFile(work, '.tgz')), '-C', work]);
  onProgress('compiling the binding with g++');
  await compile(site);
  return BINDING_FILE;
}

/**
 * Leaves TensorFlow's library in result/tensorflow, CUDA's in result/nvidia (side by side, as the library expects them), and
 * the headers in work/wheels/tensorflow/include.
 */
async function unpackWheels({ work, result, step }: SetupSite, variant: 'cpu' | 'gpu'): Promise<void> {
  const wheels = join(work, 'wheels');
  await mkdir(wheels);
  const requirements =
    variant === 'cpu'
      ? ['--no-deps', `tensorflow-cpu==${TENSORFLOW_VERSION}`]
      : [`tensorflow[and-cuda]==${TENSORFLOW_VERSION}`];
  const pip = ['-m', 'pip', 'download', '--quiet', '--only-binary=:all:', '--dest', wheels];
  // For this machine's Python, else for one that there are wheels for: only what is not Python is used.
  await step('python3', [...pip, ...requirements]).catch(() =>
    step('python3', [...pip, '--python-version', '3.12', ...requirements]),
  );
  for (const file of await readdir(wheels)) await step('python3', ['-m', 'zipfile', '-e', join(wheels, file), wheels]);
  await mkdir(join(result, 'tensorflow'));
  for (const name of LIBRARIES) await rename(join(wheels, 'tensorflow', name), join(result, 'tensorflow', name));
  if (variant === 'gpu') await rename(join(wheels, 'nvidia'), join(result, 'nvidia'));
}

async function compile({ work, result, step }: SetupSite): Promise<void> {
  const nodeHeaders = dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json'));
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

async function onlyFile(folder: string, suffix: string): Promise<string> {
  const found = (await readdir(folder)).find((file) => file.endsWith(suffix));
  if (found === undefined) throw new SetupError(`no ${suffix} file in ${folder}`);
  return found;
}
