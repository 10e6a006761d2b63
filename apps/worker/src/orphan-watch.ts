import { Worker } from 'node:worker_threads';

/**
 * Ends this process, and the group that it leads, when its parent is gone, even while the main thread computes without end:
 * a thread of its own looks once a second whether the parent has changed.
 */
export function endWithParent(): void {
  const watch = `
    const { workerData: parent } = require('node:worker_threads');
    setInterval(() => { if (process.ppid !== parent) process.kill(-process.pid, 'SIGKILL'); }, 1000);
  `;
  // Known before the thread runs, by when the parent may have gone already.
  new Worker(watch, { eval: true, workerData: process.ppid, stdout: true, stderr: true }).unref();
}
