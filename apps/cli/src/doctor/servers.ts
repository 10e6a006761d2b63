import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { connect, resolveRedis } from '@natsweep/queue';
import { isRetired, openResults } from '@natsweep/results';
import { plural } from '@natsweep/sweep';

import { databaseFile, type Environment } from '../environment.ts';
import { runningStack } from '../stack/stack-file.ts';
import { isOlderSchema } from '../with-results.ts';
import { ok, type Check } from './check.ts';

/** The Redis that REDIS_URL names must answer; without one, redis-server must be there to be started. */
export async function checkRedis({ home, redisUrl, variables }: Environment): Promise<Check> {
  const name = 'Redis';
  if (redisUrl !== undefined) {
    const address = resolveRedis({ home, env: variables });
    try {
      const redis = await connect(address);
      redis.disconnect();
      return ok(name, `${address.description} answers`);
    } catch (error) {
      return { name, status: 'missing', found: (error as Error).message };
    }
  }
  const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  const version = /v=(\S+)/.exec(stdout ?? '')?.[1];
  if (version !== undefined) return ok(name, `redis-server ${version}, started privately by "natsweep up"`);
  return {
    name,
    status: 'missing',
    found: 'redis-server is not on the PATH',
    fix: 'apt-get install redis-server, dnf install redis or brew install redis; or set REDIS_URL to a Redis that runs',
  };
}

/** A database file that is not there yet will be created, an older one brought up to date; anything else must open. */
export async function checkDatabase(environment: Environment): Promise<Check> {
  const name = 'database';
  const file = databaseFile(environment);
  if (file !== undefined && !existsSync(file)) return ok(name, `SQLite, to be created as ${file}`);
  const place = file === undefined ? 'PostgreSQL' : `SQLite, ${file}`;
  try {
    const results = await openResults(environment.databaseUrl, { readOnly: true });
    const sweeps = (await results.listSweeps()).filter(({ name }) => !isRetired(name));
    await results.close();
    return ok(name, `${place} (${plural(sweeps.length, 'sweep')})`);
  } catch (error) {
    if (isOlderSchema(error))
      return ok(name, `${place} (of an older natsweep, brought up to date by the next "natsweep up")`);
    return { name, status: 'missing', found: (error as Error).message };
  }
}

export function checkStack({ home }: Environment): Check {
  const stack = runningStack(home);
  if (stack === undefined)
    return { name: 'stack', status: 'absent', found: `none runs in ${home}`, fix: 'natsweep up' };
  return ok('stack', `runs in ${home} (process ${stack.owner.pid})`);
}
