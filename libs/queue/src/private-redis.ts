import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { addressFile, readPrivateAddress, type RedisAddress } from './address.ts';
import { connect, type RedisConnection } from './connection.ts';
import { RedisUnavailableError } from './errors.ts';

export interface PrivateRedis {
  readonly address: RedisAddress;
  readonly pid: number;
  /** Lets Redis write what it holds, then waits until its process is gone. Harmless if it is gone already. */
  stop(): Promise<void>;
}

/** Longest socket path that every Unix takes (sun_path is 104 bytes on macOS, 108 on Linux). */
const maxSocketPathBytes = 100;
const startTimeoutMs = 10_000;
const stopTimeoutMs = 10_000;

/**
 * Starts a redis-server of its own in `directory`: reached by a Unix socket and a password only, every write in an
 * append-only file, nothing ever evicted. It runs detached, so that a Ctrl-C meant for its owner does not reach it; the
 * owner stops it. A server that already runs there is adopted; after a crash the same address comes back with the data.
 */
export async function startPrivateRedis(directory: string): Promise<PrivateRedis> {
  const home = resolve(directory);
  const running = await findRunning(home);
  if (running !== undefined) return running;

  mkdirSync(home, { recursive: true, mode: 0o700 });
  const address = prepareAddress(home);
  const configFile = join(home, 'redis.conf');
  writeFileSync(configFile, configuration(home, address), { mode: 0o600 });
  const logFile = join(home, 'redis.log');
  const log = openSync(logFile, 'w', 0o600);
  const server = spawn('redis-server', [configFile], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  server.unref();

  const ended = new AbortController();
  server.once('error', (error) => ended.abort(cannotStart(error)));
  server.once('exit', () => ended.abort(endedAtStart(logFile)));
  try {
    const connection = await connect(address, { waitMs: startTimeoutMs, signal: ended.signal });
    connection.disconnect();
  } catch (error) {
    throw ended.signal.reason ?? error;
  }
  server.removeAllListeners();
  return handle(address, server.pid as number);
}

/** Stops the private Redis of `directory` if one runs there. Returns whether one did. */
export async function stopPrivateRedis(directory: string): Promise<boolean> {
  const running = await findRunning(resolve(directory));
  await running?.stop();
  return running !== undefined;
}

async function findRunning(home: string): Promise<PrivateRedis | undefined> {
  const address = readPrivateAddress(home);
  if (address === undefined || !existsSync(address.socket)) return undefined;
  const connection = await connect(address).catch(() => undefined);
  if (connection === undefined) return undefined;
  try {
    return handle(address, await serverPid(connection));
  } finally {
    connection.disconnect();
  }
}

function handle(address: RedisAddress, pid: number): PrivateRedis {
  return { address, pid, stop: () => shutDown(address, pid) };
}

async function shutDown(address: RedisAddress, pid: number): Promise<void> {
  const connection = await connect(address).catch(() => undefined);
  if (connection === undefined) return;
  try {
    // Another server may have been started here since; only the one this handle stands for is stopped.
    if ((await serverPid(connection)) !== pid) return;
    connection.shutdown().catch(() => {});
  } catch {
    // It went down while it was asked who it is.
    return;
  } finally {
    connection.disconnect();
  }
  const killAtMs = Date.now() + stopTimeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > killAtMs) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function serverPid(connection: RedisConnection): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await connection.info('server'))?.[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function prepareAddress(home: string): Extract<RedisAddress, { kind: 'private' }> {
  const known = readPrivateAddress(home);
  if (known !== undefined && existsSync(dirname(known.socket))) return known;
  const nearby = join(home, 'redis.sock');
  const fits = Buffer.byteLength(nearby) <= maxSocketPathBytes;
  const socket = fits ? nearby : join(mkdtempSync(join(tmpdir(), 'natsweep-')), 'redis.sock');
  const password = randomBytes(32).toString('base64url');
  writeFileSync(join(home, addressFile), JSON.stringify({ socket, password }), { mode: 0o600 });
  return readPrivateAddress(home) as Extract<RedisAddress, { kind: 'private' }>;
}

function configuration(home: string, { socket, password }: { socket: string; password: string }): string {
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return [
    'port 0',
    `unixsocket ${quoted(socket)}`,
    'unixsocketperm 700',
    `requirepass ${quoted(password)}`,
    `dir ${quoted(home)}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    '',
  ].join('\n');
}

function endedAtStart(logFile: string): RedisUnavailableError {
  const reason = readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join(' | ');
  return new RedisUnavailableError(`redis-server ended as it started (${reason}): see ${logFile}.`);
}

function cannotStart(error: Error): RedisUnavailableError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new RedisUnavailableError(
    missing
      ? 'redis-server was not found: install it (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis) or set REDIS_URL.'
      : `redis-server could not be started (${error.message}): check the installation, or set REDIS_URL.`,
    { cause: error },
  );
}
