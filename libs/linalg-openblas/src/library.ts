import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import type { LibraryHandle } from 'koffi';
import { coreTypeHere } from './cpu.ts';

/** A usable BLAS and LAPACK on this machine. */
export interface Openblas {
  readonly found: true;
  /** Path or name it was loaded by. */
  readonly path: string;
  /** As OpenBLAS reports itself, or 'Accelerate'. */
  readonly version: string;
  /** Kernels in use, as `openblas_get_corename` names them; '' where the library does not say. */
  readonly core: string;
}

export interface OpenblasMissing {
  readonly found: false;
  /** One sentence: what was tried. */
  readonly reason: string;
  /** One sentence: what to do. */
  readonly fix: string;
}

export interface LoadedOpenblas extends Openblas {
  readonly library: LibraryHandle;
  /** Sets the number of threads and returns what the library made of it. */
  readonly setThreads: (threads: number) => number;
}

/** OpenBLAS is not installed, or not usable. */
export class OpenblasMissingError extends Error {
  override readonly name = 'OpenblasMissingError';
  readonly code = 'OPENBLAS_MISSING';

  constructor(missing: OpenblasMissing) {
    super(`${missing.reason}. ${missing.fix}`);
  }
}

/** Deep enough for OpenBLAS's multi-threaded drivers, which keep their job tables on the stack. */
const STACK_BYTES = 16 * 2 ** 20;

let loaded: LoadedOpenblas | OpenblasMissing | undefined;

/** Whether OpenBLAS can be used here. Loads the library at the first call; later calls answer the same. */
export function findOpenblas(): Openblas | OpenblasMissing {
  const result = loadOpenblas();
  if (!result.found) return result;
  const { found, path, version, core } = result;
  return { found, path, version, core };
}

/** The library itself, loaded once per process. */
export function loadOpenblas(): LoadedOpenblas | OpenblasMissing {
  if (loaded !== undefined) return loaded;
  koffi.config({ ...koffi.config(), sync_stack_size: STACK_BYTES });
  loaded = searchOpenblas(candidates());
  return loaded;
}

/** Loads the first library of `paths` that has the routines needed. */
export function searchOpenblas(paths: readonly string[]): LoadedOpenblas | OpenblasMissing {
  const failures: string[] = [];
  for (const path of paths) {
    try {
      return open(path);
    } catch (error) {
      failures.push(`${path} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  return {
    found: false,
    reason: `OpenBLAS was not found; tried ${failures.length === 0 ? 'nothing' : failures.join(', ')}`,
    fix: installHint(),
  };
}

function open(path: string): LoadedOpenblas {
  const library = withEnvironment(() => koffi.load(path));
  for (const symbol of ['cblas_dgemm', 'dgelsd_', 'sgelsd_']) library.func(symbol, 'void', []);
  if (path.includes('Accelerate.framework')) {
    const accelerate = { version: 'Accelerate', core: '', setThreads: () => availableParallelism() };
    return { found: true, path, library, ...accelerate };
  }
  const config = library.func('const char *openblas_get_config()')() as string;
  if (config.includes('USE64BITINT')) throw new Error('built with 64-bit integers');
  const core = library.func('const char *openblas_get_corename()')() as string;
  const set = library.func('void openblas_set_num_threads(int)');
  const get = library.func('int openblas_get_num_threads()');
  const setThreads = (threads: number): number => {
    set(threads);
    return get() as number;
  };
  const version = /OpenBLAS (\S+)/.exec(config)?.[1] ?? config.trim();
  return { found: true, path, version, core, library, setThreads };
}

/** OpenBLAS reads these two once, while it is loaded; the process's own environment is left as it was. */
function withEnvironment<T>(load: () => T): T {
  const core = coreTypeHere();
  const wanted = { OPENBLAS_NUM_THREADS: '1', ...(core === undefined ? {} : { OPENBLAS_CORETYPE: core }) };
  const added = Object.entries(wanted).filter(([name]) => process.env[name] === undefined);
  for (const [name, value] of added) process.env[name] = value;
  try {
    return load();
  } finally {
    for (const [name] of added) delete process.env[name];
  }
}

/** Where the library may be, best guess first. `NATSWEEP_OPENBLAS` names the only place to look. */
function candidates(): string[] {
  const chosen = process.env['NATSWEEP_OPENBLAS'];
  if (chosen !== undefined) return [chosen];
  if (process.platform === 'darwin')
    return [
      '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
      '/usr/local/opt/openblas/lib/libopenblas.dylib',
      '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    ];
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const usual = [`/usr/lib/${triplet}/libopenblas.so.0`, '/usr/lib64/libopenblasp.so.0', '/usr/lib64/libopenblas.so.0'];
  return [...new Set([...usual.filter((path) => existsSync(path)), ...linkerCache(), 'libopenblas.so.0'])];
}

/** Paths of OpenBLAS in the dynamic linker's cache; none where there is no ldconfig. */
function linkerCache(): string[] {
  try {
    const listing = execFileSync('ldconfig', ['-p'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return [...listing.matchAll(/libopenblasp?\.so\S* .*=> (\S+)/g)].map((match) => match[1]!);
  } catch {
    return [];
  }
}

function installHint(): string {
  const install = {
    linux: 'Install it (Debian, Ubuntu: apt-get install libopenblas0-pthread; Fedora: dnf install openblas-threads)',
    darwin: 'Install it (brew install openblas)',
  };
  const how = process.platform === 'darwin' ? install.darwin : install.linux;
  return `${how}, or set NATSWEEP_OPENBLAS to the path of the library`;
}
