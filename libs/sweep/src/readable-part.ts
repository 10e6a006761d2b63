import type { KeyPath } from './problem.ts';
import { sweepFile, type SweepFile } from './sweep-file.ts';

/** A file without what the schema refuses in it. */
export interface ReadablePart {
  readonly file: SweepFile;
  /** Whether what was left out may have given a parameter. */
  readonly lacksParameters: boolean;
}

type Mapping = Record<string, unknown>;

/**
 * What can still be checked of a file with schema faults at these paths, so that all its faults are told at once. Left
 * out is what holds a fault, as a whole: an axis, a condition, a limit. Undefined if nothing sound remains.
 */
export function readablePart(value: unknown, faults: readonly { readonly path: KeyPath }[]): ReadablePart | undefined {
  if (!isMapping(value)) return undefined;
  const rest = structuredClone(value);
  for (const { path } of faults) leaveOut(rest, path);
  if (!('name' in rest)) rest['name'] = 'unnamed';
  const parsed = sweepFile.safeParse(rest);
  if (!parsed.success) return undefined;
  const places = faults.map(({ path }) => path);
  const known = Object.keys(sweepFile.shape);
  return {
    file: parsed.data,
    lacksParameters: places.some(
      ([key]) => ['axes', 'fixed', 'sizes'].includes(String(key)) || !known.includes(String(key)),
    ),
  };
}

function leaveOut(file: Mapping, [key, ...inner]: KeyPath): void {
  const name = String(key);
  const holder = file[name];
  const [entry, ...deeper] = inner;
  if (name === 'sizes' && isMapping(holder) && isMapping(holder[String(entry)]) && deeper.length > 0) {
    leaveOut(holder[String(entry)] as Mapping, deeper);
  } else if (['axes', 'fixed', 'limits', 'sizes'].includes(name) && isMapping(holder) && entry !== undefined) {
    delete holder[String(entry)];
  } else if (name === 'search' || name === 'trials') {
    // either is judged by the other
    Object.assign(file, { search: 'random', trials: 1 });
    delete file['order'];
  } else {
    delete file[name];
  }
  // an axis that is left out would be missed there
  if (name === 'axes') delete file['zip'];
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
