import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The binding and TensorFlow's library, as found on this machine; not loaded yet. */
export interface TensorflowFound {
  readonly found: true;
  /** Path of the native binding. */
  readonly binding: string;
  /** Who put it there: `natsweep setup tensorflow`, or the npm package's own installer. */
  readonly origin: 'setup' | 'package';
  /** TensorFlow's version; undefined where it is known only after loading. */
  readonly version?: string;
  /** Device that the smoke test of the setup ran on. */
  readonly device?: string;
  /** Whether that was a GPU. */
  readonly gpu?: boolean;
}

export interface TensorflowMissing {
  readonly found: false;
  /** One sentence: what was tried. */
  readonly reason: string;
  /** One sentence: what to do. */
  readonly fix: string;
}

/** What `setupTensorflow` leaves beside the binding. */
export interface SetupRecord {
  readonly version: string;
  readonly device: string;
  readonly gpu: boolean;
  /** Path of the binding in the folder of the record. Default: `BINDING_FILE`. */
  readonly binding?: string;
}

export const BINDING_PACKAGE = '@tensorflow/tfjs-node-gpu@4.22.0';
export const BINDING_FILE = 'tfjs_binding.node';
export const RECORD_FILE = 'setup.json';

/** Where `setupTensorflow` builds: `NATSWEEP_TENSORFLOW_DIR`, else natsweep/tensorflow in the user's cache folder. */
export function tensorflowDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['NATSWEEP_TENSORFLOW_DIR'];
  if (chosen !== undefined) return chosen;
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'natsweep', 'tensorflow');
}

/** Whether TensorFlow's library is here: what `natsweep setup tensorflow` built, else the npm package's. */
export function findTensorflow(env: NodeJS.ProcessEnv = process.env): TensorflowFound | TensorflowMissing {
  const directory = tensorflowDirectory(env);
  const recordFile = join(directory, RECORD_FILE);
  if (existsSync(recordFile)) {
    const record = JSON.parse(readFileSync(recordFile, 'utf8')) as SetupRecord;
    const binding = join(directory, record.binding ?? BINDING_FILE);
    if (existsSync(binding)) return { found: true, ...record, binding, origin: 'setup' };
  }
  const installed = packageBinding();
  if (installed !== undefined) return { found: true, binding: installed, origin: 'package' };
  return {
    found: false,
    reason: `TensorFlow was not found: ${directory} holds no build, and the npm package @tensorflow/tfjs-node-gpu is not installed`,
    fix: 'Run "natsweep setup tensorflow", or install that package',
  };
}

function packageBinding(): string | undefined {
  try {
    const lib = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json')), 'lib');
    return readdirSync(lib)
      .map((folder) => join(lib, folder, BINDING_FILE))
      .find((path) => existsSync(path));
  } catch {
    return undefined;
  }
}
