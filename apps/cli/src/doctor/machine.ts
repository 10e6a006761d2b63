import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';

import type { Environment } from '../environment.ts';
import { ok, type Check } from './check.ts';

const gibibyte = 2 ** 30;
const enoughGibibytes = 1;

export function checkNode(): Check {
  return ok('Node', process.versions.node);
}

export function checkProcessor(): Check {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  return ok('processor', `${availableParallelism()} × ${model}, ${(totalmem() / gibibyte).toFixed(1)} GiB memory`);
}

/** Free space where the home directory is or would be. */
export function checkDisk({ home }: Environment): Check {
  let folder = home;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / gibibyte;
  const found = `${free.toFixed(1)} GiB free in ${folder}`;
  if (free >= enoughGibibytes) return ok('disk', found);
  return {
    name: 'disk',
    status: 'missing',
    found,
    fix: `free ${enoughGibibytes} GiB there, or choose another place with NATSWEEP_HOME`,
  };
}
