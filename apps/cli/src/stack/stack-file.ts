import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isRunning, type ProcessIdentity } from './process-identity.ts';

/** What `up` writes down about the stack of a home directory, so that `down` stops exactly these processes. */
export interface StackRecord {
  /** The `up` process, which watches over the apps. */
  readonly owner: ProcessIdentity;
  /** The processes it started, by app. A Redis of the stack is found through its own directory. */
  readonly apps: Readonly<Record<string, ProcessIdentity>>;
  readonly startedAtMs: number;
}

export function readStack(home: string): StackRecord | undefined {
  try {
    return JSON.parse(readFileSync(stackFile(home), 'utf8')) as StackRecord;
  } catch (error) {
    // a half-written file cannot be: it is put in place by a rename
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The stack of this home if its `up` process runs. */
export function runningStack(home: string): StackRecord | undefined {
  const stack = readStack(home);
  return stack !== undefined && isRunning(stack.owner) ? stack : undefined;
}

export function writeStack(home: string, stack: StackRecord): void {
  const partial = `${stackFile(home)}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(stack, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(partial, stackFile(home));
}

export function removeStack(home: string): void {
  rmSync(stackFile(home), { force: true });
}

function stackFile(home: string): string {
  return join(home, 'stack.json');
}
