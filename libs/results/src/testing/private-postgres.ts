import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';

export interface PrivatePostgres {
  /** Reaches the database `natsweep` as its owner over the Unix socket. */
  readonly url: string;
  /** Creates an empty database. @returns Its URL. */
  createDatabase(name: string): Promise<string>;
  /** Ends it without a checkpoint and without a word to its clients, as a crash does. */
  crash(): Promise<void>;
  /** Resolves once it has ended, by itself or not. */
  ended(): Promise<void>;
  /** Starts it again after its end, with what had been committed. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** PostgreSQL's programs; undefined where they are not installed. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/**
 * A server of one's own on a Unix socket, all of it in one folder. PostgreSQL refuses to run as root: root starts it as
 * the user `nobody`.
 * @param settings Server settings, e.g. `{ ssl: 'on' }`.
 * @param parent Where that folder is made.
 */
export async function startPrivatePostgres(
  binaries: string,
  settings: Readonly<Record<string, string>> = {},
  parent: string = tmpdir(),
): Promise<PrivatePostgres> {
  const owner = ownerIds();
  const home = mkdtempSync(join(parent, 'natsweep-postgres-'));
  const dataDirectory = join(home, 'data');
  mkdirSync(dataDirectory);
  for (const folder of [home, dataDirectory]) if (owner) chownSync(folder, owner.uid, owner.gid);
  const environment = { PATH: process.env.PATH, LC_ALL: 'C' };
  const asOwner = { ...owner, cwd: home, env: environment };
  const initialise = ['-D', dataDirectory, '-U', 'natsweep', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  await promisify(execFile)(join(binaries, 'initdb'), initialise, asOwner);
  // nothing of it outlives the tests: no need to wait for the disk
  const given = { unix_socket_directories: home, listen_addresses: '', fsync: 'off', ...settings };
  const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const launch = () =>
    spawn(join(binaries, 'postgres'), ['-D', dataDirectory, ...flags], {
      ...asOwner,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  let server = launch();
  const killWithThisProcess = () => server.kill('SIGQUIT');
  process.once('exit', killWithThisProcess);
  const stop = async () => {
    process.off('exit', killWithThisProcess);
    await stopServer(server);
    rmSync(home, { recursive: true, force: true });
  };
  const port = settings['port'] ?? '5432';
  const createDatabase = async (database: string) => {
    const where = ['-h', home, '-p', port, '-U', 'natsweep', database];
    await promisify(execFile)(join(binaries, 'createdb'), where, { env: environment });
    return `postgres://natsweep@${encodeURIComponent(home)}:${port}/${database}`;
  };
  try {
    await untilReady(server);
    const restart = () => untilReady((server = launch()));
    const ended = () => untilEnded(server);
    const crash = () => stopServer(server);
    return { url: await createDatabase('natsweep'), createDatabase, stop, crash, ended, restart };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Gives files and folders to the user that private servers run as, where that is another one.
 * @param folder Of this user, in which they are: it is opened to everyone.
 */
export function giveToServer(folder: string, paths: readonly string[]): void {
  const owner = ownerIds();
  if (owner === undefined) return;
  chmodSync(folder, 0o755);
  for (const path of paths) chownSync(path, owner.uid, owner.gid);
}

/** Keeps everyone else from a table of a database. @returns What lets go of it. */
export async function lockTable(url: string, table: string): Promise<() => Promise<void>> {
  const client = new pg.Client(url);
  // the server may be stopped first
  client.on('error', () => {});
  await client.connect();
  await client.query(`begin; lock table ${table}`);
  return () => client.end();
}

function ownerIds(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function untilReady(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface({ input: server.stderr! })) {
    said.push(line);
    if (line.includes('ready to accept connections')) {
      server.stderr!.resume();
      return;
    }
  }
  throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`);
}

async function untilEnded(server: ChildProcess): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
}

async function stopServer(server: ChildProcess): Promise<void> {
  const ended = untilEnded(server);
  server.kill('SIGQUIT');
  await ended;
}
