import { statSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CompiledQuery, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { DatabaseConnection, Dialect, Driver, Kysely, QueryResult } from 'kysely';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { ArrayQuery, Cell, DatabaseFile, ReadArrays } from './connection.ts';
import { loadSqlite } from './load-sqlite.ts';
import { ResultsError } from './results-error.ts';
import { isBusy, isReadOnly, translateSqliteError } from './sqlite-errors.ts';

export interface SqliteOptions {
  readonly file: string;
  /** How long a write waits for another process's write before it is refused as `locked`. */
  readonly lockTimeoutMs: number;
  readonly readOnly: boolean;
}

export interface Sqlite {
  readonly dialect: Dialect;
  /** On the dialect's connection, which a first query must have opened. */
  readonly readArrays: ReadArrays;
  /** As a first query has opened it. */
  readonly file: () => DatabaseFile | undefined;
}

/** SQLite through `node:sqlite`: one connection, whose errors are `ResultsError`s. */
export function sqlite(options: SqliteOptions): Sqlite {
  const driver = new NodeSqliteDriver(options);
  const dialect: Dialect = {
    createDriver: () => driver,
    createAdapter: () => new TransactionalDdlAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
  };
  return { dialect, readArrays: (query) => driver.readArrays(query), file: () => driver.file };
}

const settings = ['pragma temp_store = memory'];

/**
 * WAL, which is kept in the file, so that readers never wait for the collector; `synchronous = full`, so that a commit is on
 * the disk before it is reported: it survives `kill -9` and a power cut (on a disk that honours fsync). `normal` would keep
 * the file sound but could lose the last commits to a power cut, and their observations have been acknowledged by then.
 */
const writerSettings = [
  'pragma journal_mode = wal',
  'pragma synchronous = full',
  'pragma foreign_keys = on',
  // fewer checkpoints: the index over trial ids is written all over, and a checkpoint writes each of its pages once
  'pragma wal_autocheckpoint = 8000',
  // half of a reader's: the scheduler keeps within 300 MiB at a million trials
  'pragma cache_size = -32768',
];
const readerSettings = ['pragma query_only = on', 'pragma cache_size = -65536'];

class NodeSqliteDriver implements Driver {
  readonly #options: SqliteOptions;
  #connection: NodeSqliteConnection | undefined;
  /** Is opened instead of the file where that cannot be written. */
  #unchanging: URL | undefined;

  constructor(options: SqliteOptions) {
    this.#options = options;
  }

  get file(): DatabaseFile | undefined {
    const { file: path, lockTimeoutMs } = this.#options;
    if (path === ':memory:') return undefined;
    return { path, url: (this.#unchanging ?? pathToFileURL(path)).href, lockTimeoutMs };
  }

  async init(): Promise<void> {
    try {
      this.#connection = await this.#configured(new NodeSqliteConnection(this.#options));
    } catch (error) {
      if (!isReadOnly(error)) throw error;
      this.#unchanging = unchanging(this.#options.file);
      this.#connection = await this.#configured(new NodeSqliteConnection(this.#options, this.#unchanging));
    }
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection!;
  }

  readArrays(query: ArrayQuery): ReturnType<ReadArrays> {
    return this.#connection!.readArrays(query);
  }

  async releaseConnection(): Promise<void> {}

  /** Every transaction here writes: with the write lock from the start it waits at its start and never fails midway. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  /** A full disk makes SQLite roll back by itself; a second rollback would hide the reason. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection?.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    this.#connection?.close();
  }

  async #configured(connection: NodeSqliteConnection): Promise<NodeSqliteConnection> {
    const own = this.#options.readOnly ? readerSettings : writerSettings;
    try {
      for (const setting of [...own, ...settings]) await connection.executeQuery(CompiledQuery.raw(setting));
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }
}

/**
 * The file as one that nobody changes: the only way to read a database in WAL mode beside which no file may be made, on
 * a read-only mount or in another user's folder.
 * @throws ResultsError `read-only` where the newest records are in a file beside it, which would be passed over
 */
function unchanging(file: string): URL {
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new ResultsError(
      'read-only',
      `The newest records of ${file} are in ${file}-wal and cannot be read here: copy both into a folder of your own.`,
    );
  const url = pathToFileURL(file);
  url.searchParams.set('immutable', '1');
  return url;
}

/** How long queries in a row may keep the timers and sockets of the process waiting: SQLite answers without a turn of its loop. */
const longestRunMs = 50;

class NodeSqliteConnection implements DatabaseConnection {
  readonly #options: SqliteOptions;
  readonly #database: DatabaseSync;
  #runEndsAtMs = 0;
  /** The collector repeats a few long statements: parsing them once is worth a third of its time. */
  readonly #prepared = new Map<string, { readonly statement: StatementSync; readonly returnsRows: boolean }>();

  /** @param readOnly opens this instead of the file, for reading. */
  constructor(options: SqliteOptions, readOnly?: URL) {
    this.#options = options;
    const { DatabaseSync } = loadSqlite();
    try {
      // no waiting inside SQLite: it would block this process, and with it a lock that this process itself holds
      this.#database = new DatabaseSync(readOnly ?? options.file, { timeout: 0, readOnly: readOnly !== undefined });
    } catch (error) {
      throw translateSqliteError(error, options.file);
    }
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#untilUnlocked(() => this.#execute<Row>(sql, parameters as SQLInputValue[]));
  }

  readArrays({ sql, parameters }: ArrayQuery): ReturnType<ReadArrays> {
    return this.#untilUnlocked(() => {
      const { statement } = this.#prepare(sql, 'arrays');
      return statement.all(...(parameters as SQLInputValue[])) as unknown as Cell[][];
    });
  }

  /** A statement that finds the database locked has done nothing yet and is tried again until the lock times out. */
  async #untilUnlocked<Result>(execute: () => Result): Promise<Result> {
    const nowMs = performance.now();
    if (nowMs > this.#runEndsAtMs) {
      await nextTurn();
      this.#runEndsAtMs = nowMs + longestRunMs;
    }
    const deadlineMs = nowMs + this.#options.lockTimeoutMs;
    for (;;)
      try {
        return execute();
      } catch (error) {
        if (!isBusy(error) || this.inTransaction || performance.now() > deadlineMs)
          throw translateSqliteError(error, this.#options.file);
        await delay(5);
      }
  }

  #execute<Row>(sql: string, parameters: readonly SQLInputValue[]): QueryResult<Row> {
    const { statement, returnsRows } = this.#prepare(sql, 'objects');
    if (returnsRows) return { rows: statement.all(...parameters) as Row[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
  }

  #prepare(sql: string, rows: 'objects' | 'arrays') {
    const key = `${rows} ${sql}`;
    const known = this.#prepared.get(key);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(rows === 'arrays');
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    if (this.#prepared.size >= 64) this.#prepared.delete(this.#prepared.keys().next().value!);
    this.#prepared.set(key, prepared);
    return prepared;
  }

  streamQuery(): never {
    throw new TypeError('The results database is read page by page, never by a cursor.');
  }

  close(): void {
    this.#database.close();
  }
}

/** With `begin immediate`, SQLite runs migrations of concurrent starters one after the other, each whole or not at all. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
