import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RedisUnavailableError } from './errors.ts';

/** Where a Redis is and how to log in to it. Holds secrets: never log it, log `description`. */
export type RedisAddress =
  | { readonly kind: 'private'; readonly description: string; readonly socket: string; readonly password: string }
  | { readonly kind: 'shared'; readonly description: string; readonly url: string };

/** What a private server writes into its directory (mode 0600), so that other processes of the same user find it. */
export const addressFile = 'address.json';

export interface ResolveRedisOptions {
  /** natsweep's home directory; its private Redis lives in `redis/`. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The Redis to use: the one that REDIS_URL names, else the private one of this home directory.
 * Throws `RedisUnavailableError` if there is neither, or if REDIS_URL is not an address.
 */
export function resolveRedis({ home, env }: ResolveRedisOptions): RedisAddress {
  if (env['REDIS_URL']) return sharedRedis(env['REDIS_URL']);
  const address = readPrivateAddress(join(home, 'redis'));
  if (address === undefined) {
    throw new RedisUnavailableError(
      `No natsweep stack has been started in ${home}: run "natsweep up", or set REDIS_URL to a shared Redis.`,
    );
  }
  return address;
}

/** The address of the private Redis that was last started in `directory`, whether or not it still runs. */
export function readPrivateAddress(directory: string): Extract<RedisAddress, { kind: 'private' }> | undefined {
  try {
    const { socket, password } = JSON.parse(readFileSync(join(directory, addressFile), 'utf8')) as {
      socket: string;
      password: string;
    };
    return { kind: 'private', description: `the private Redis in ${directory}`, socket, password };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new RedisUnavailableError(
      `Cannot read ${join(directory, addressFile)}: remove the directory and run "natsweep up" again.`,
      { cause: error },
    );
  }
}

function sharedRedis(url: string): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new RedisUnavailableError(
      'REDIS_URL is not a Redis address: write redis://[user:password@]host[:port][/database], or rediss:// for TLS.',
    );
  }
  const description = `Redis at ${parsed.hostname}:${parsed.port || '6379'}`;
  return { kind: 'shared', description, url };
}
