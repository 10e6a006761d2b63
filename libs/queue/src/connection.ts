import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import type { RedisAddress } from './address.ts';
import { RedisUnavailableError } from './errors.ts';
import { explainRefusal } from './refusal.ts';

/** An open connection to Redis. Callers outside this library only pass it on and close it. */
export type RedisConnection = Redis;

export interface ConnectOptions {
  /** How long to keep trying before giving up. Default 0: one try. */
  readonly waitMs?: number;
  /** Gives up waiting at once when aborted. */
  readonly signal?: AbortSignal;
  /**
   * What commands do when the connection breaks later: `fail` after a few tries (a command line), or `wait` until Redis
   * is back (a service). Default `fail`.
   */
  readonly onOutage?: 'fail' | 'wait';
}

/**
 * A connection on which Redis has not answered for this long is given up and made again: a cable that is cut tells nobody.
 * Longer than any command waits on purpose.
 */
const silenceMs = 15_000;

/** Longest pause between attempts to reconnect. */
export const maxReconnectDelayMs = 1000;

/** Connects and logs in; throws `RedisUnavailableError` with one sentence that says what to do. */
export async function connect(address: RedisAddress, options: ConnectOptions = {}): Promise<RedisConnection> {
  const { waitMs = 0, signal } = options;
  const giveUpAtMs = performance.now() + waitMs;
  for (;;) {
    try {
      return await connectOnce(address, options);
    } catch (error) {
      if (performance.now() >= giveUpAtMs || signal?.aborted || isLoginError(error)) throw explain(address, error);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

interface Target {
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: { readonly servername?: string };
}

/** ioredis options of an address for connections that reconnect for ever, as BullMQ wants them. */
export function connectionOptions(address: RedisAddress) {
  const target: Target =
    address.kind === 'private' ? { path: address.socket, password: address.password } : urlTarget(address.url);
  return {
    ...target,
    socketTimeout: silenceMs,
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelayMs,
    // the one place where every error that Redis answers passes by, also those of connections that BullMQ makes
    reconnectOnError: (error: Error) => {
      explainRefusal(error);
      return false;
    },
  };
}

function reconnectDelayMs(attempts: number): number {
  return Math.min(50 * 2 ** Math.min(attempts, 10), maxReconnectDelayMs);
}

async function connectOnce(address: RedisAddress, { onOutage = 'fail' }: ConnectOptions): Promise<RedisConnection> {
  let ready = false;
  const redis = new Redis({
    ...connectionOptions(address),
    lazyConnect: true,
    maxRetriesPerRequest: onOutage === 'wait' ? null : 3,
    retryStrategy: (times) => (ready ? reconnectDelayMs(times) : null),
  });
  // ioredis reports every reconnection attempt here; the command that suffers carries the error to its caller.
  let lastError: Error | undefined;
  redis.on('error', (error) => {
    lastError = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    ready = true;
    return redis;
  } catch (error) {
    // Disconnecting a closed connection would hold the process for two seconds.
    if (redis.status !== 'end') redis.disconnect();
    throw withoutCommand(lastError ?? error);
  }
}

/** An error of ioredis carries the command that failed, and where that is a login, its password. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) delete error.command;
  return error;
}

function urlTarget(url: string): Target {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 6379),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    db: Number(pathname.slice(1) || 0),
    // a certificate for an IP address is checked against the address; TLS has no server name for one
    ...(protocol === 'rediss:' && { tls: isIP(hostname) ? {} : { servername: hostname } }),
  };
}

function isLoginError(error: unknown): boolean {
  return /WRONGPASS|NOAUTH|NOPERM|invalid password/i.test((error as Error).message);
}

function explain(address: RedisAddress, error: unknown): RedisUnavailableError {
  const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  if (isLoginError(error)) {
    return new RedisUnavailableError(
      `${address.description} refuses the login (${(error as Error).message}): correct user and password in REDIS_URL.`,
      { cause: error },
    );
  }
  const fix =
    address.kind === 'private'
      ? 'start it with "natsweep up"'
      : 'start it, correct REDIS_URL, or unset REDIS_URL to use a private one';
  return new RedisUnavailableError(`Cannot reach ${address.description} (${reason}): ${fix}.`, { cause: error });
}
