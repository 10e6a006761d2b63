import { join } from 'node:path';

import { stopPrivateRedis } from '@natsweep/queue';

import { isRunning, signalProcess, waitForExit } from './process-identity.ts';
import { readStack, removeStack } from './stack-file.ts';

/** The order in which the apps of a stack end, so that what a worker still reports is recorded. */
export const stopOrder = ['worker', 'scheduler', 'exporter'] as const;

/** Longer than a worker's own drain deadline: a process that is still there then hangs. */
export const stopDeadlineMs = 90_000;

/**
 * Stops what is left of a stack whose `up` process was killed: each app that was written down and still runs, then its
 * Redis. Returns the names of what it stopped.
 */
export async function stopLeftovers(home: string): Promise<readonly string[]> {
  const stopped: string[] = [];
  const apps = readStack(home)?.apps ?? {};
  for (const name of stopOrder) {
    const app = apps[name];
    if (app === undefined || !isRunning(app)) continue;
    signalProcess(app, 'SIGTERM');
    if (!(await waitForExit(app, stopDeadlineMs))) {
      signalProcess(app, 'SIGKILL');
      await waitForExit(app, stopDeadlineMs);
    }
    stopped.push(name);
  }
  if (await stopPrivateRedis(join(home, 'redis'))) stopped.push('redis');
  removeStack(home);
  return stopped;
}
