import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RECORD_FILE, tensorflowDirectory } from './locate.ts';
import type { SetupRecord } from './locate.ts';
import { installPackage } from './setup-package.ts';
import { SetupError, steps } from './setup-steps.ts';
import type { Step } from './setup-steps.ts';
import { buildOnWheel } from './setup-wheel.ts';

export interface SetupOptions {
  /**
   * Where TensorFlow comes from: a wheel of PyPI, or what the npm package @tensorflow/tfjs-node-gpu fetches by itself.
   * Default: the wheel on Linux, elsewhere the package.
   */
  readonly source?: 'wheel' | 'package';
  /** The wheel with CUDA, for a GPU (several gigabytes), or for the CPU only. Default 'cpu'. */
  readonly variant?: 'cpu' | 'gpu';
  /** Default: `tensorflowDirectory()`. */
  readonly directory?: string;
  /** Called as each step begins, with one line that says what it does. */
  readonly onProgress?: (step: string) => void;
  /** Ends the set-up early, with an error and without traces. */
  readonly signal?: AbortSignal;
}

/** Where a set-up does its work. */
export interface SetupSite {
  /** A folder for whatever is needed on the way. */
  readonly work: string;
  /** A folder for what is to stay. */
  readonly result: string;
  readonly step: Step;
  readonly onProgress: (step: string) => void;
}

/**
 * Puts TensorFlow's library and the native binding of tfjs-node to it into `directory`, with a record of version and device.
 *
 * All happens in a folder beside `directory`, which takes its place only after a smoke test in a process of its own. It can
 * be repeated, and interrupted, safely: what was killed before it could tidy up is tidied up by the next one. Throws
 * `SetupError`.
 */
export async function setupTensorflow(options: SetupOptions = {}): Promise<SetupRecord> {
  const { variant = 'cpu', directory = tensorflowDirectory(), onProgress = () => undefined, signal } = options;
  const { source = process.platform === 'linux' ? 'wheel' : 'package' } = options;
  const work = workFolder(directory);
  const site = { work, result: join(work, 'result'), onProgress };
  const temporary = join(work, 'tmp');
  try {
    await tidyUp(directory);
    for (const folder of [site.result, temporary]) await mkdir(folder, { recursive: true });
    const step = steps({ signal, temporary });
    const binding =
      source === 'wheel' ? await buildOnWheel({ ...site, step }, variant) : await installPackage({ ...site, step });
    onProgress('testing it');
    const smokeTest = join(import.meta.dirname, 'smoke.ts');
    const tested = JSON.parse(await step(process.execPath, [smokeTest, join(site.result, binding)])) as SetupRecord;
    const record: SetupRecord = { ...tested, binding };
    await writeFile(join(site.result, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
    await replace(directory, site.result);
    return record;
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new SetupError(`${error.message} (NATSWEEP_TENSORFLOW_DIR names another folder)`, { cause: error });
  } finally {
    // What cannot be removed now is in nobody's way until the next set-up tries again.
    await remove(work).catch(() => undefined);
  }
}

const workFolder = (directory: string, pid = process.pid): string => `${directory}.partial-${pid}`;

/** Puts `result` in the place of `directory`, which for a moment is in the work folder. */
async function replace(directory: string, result: string): Promise<void> {
  const previous = join(workFolder(directory), 'previous');
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

/** Removes what set-ups that were killed have left behind; if one was killed in `replace`, what it replaced comes back. */
async function tidyUp(directory: string): Promise<void> {
  const prefix = basename(workFolder(directory)).slice(0, -String(process.pid).length);
  const entries = await readdir(dirname(directory)).catch(() => []);
  for (const entry of entries) {
    if (!entry.startsWith(prefix) || isRunning(Number(entry.slice(prefix.length)))) continue;
    const work = join(dirname(directory), entry);
    const there = await readdir(directory).catch(() => undefined);
    if (there === undefined) await rename(join(work, 'previous'), directory).catch(() => undefined);
    await remove(work);
  }
}

/** Also while a command that a killed set-up had started is still writing there. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
