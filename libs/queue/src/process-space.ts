import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names the processes among which a process id means the same: on Linux those of one pid namespace of one running kernel, since
 * containers may share a host's name and never share its process ids; elsewhere those of a host. Where that cannot be known, a
 * name that no other has.
 */
export function processSpace(): string {
  if (process.platform !== 'linux') return hostname();
  try {
    const kernel = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${kernel} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return randomUUID();
  }
}

/** Whether a process of this space is there, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
