import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import { productsTask, tasks } from './wide-steps.ts';
import type { Task } from './wide-steps.ts';

/**
 * MiB that the first run of a task adds to the memory of a fresh process at its peak; undefined where the system does not tell, as
 * only Linux does. That process gives every larger array memory of its own, which the system has back when it is freed.
 */
export async function peakMiB({ name, sizes }: Task): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', import.meta.filename, name, ...sizes.map(String)],
    { env: { ...process.env, MALLOC_MMAP_THRESHOLD_: String(2 ** 16) } },
  );
  return Number(stdout);
}

if (import.meta.main) measure();

function measure(): void {
  const [name, ...sizes] = process.argv.slice(2);
  const task = tasks.find((candidate) => candidate.name === name && candidate.sizes.join() === sizes.join())!;
  productsTask(20, 64).prepare(createOpenblasEngine(), [20, 64]).run(); // the library claims memory of its own at first
  const { run } = task.prepare(createOpenblasEngine(), task.sizes);
  globalThis.gc!();
  writeFileSync('/proc/self/clear_refs', '5'); // the peak so far is forgotten
  const before = statusMiB('VmRSS');
  run();
  console.log(statusMiB('VmHWM') - before);
}

function statusMiB(field: string): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)![1]) / 1024;
}
