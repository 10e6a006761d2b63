import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver } from 'kysely';
import type { DatabaseConnection, SqliteDatabase, SqliteDialectConfig, SqliteStatement } from 'kysely';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { ResultsError } from './results-error.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** How long a statement waits for another process's write before it is refused as `locked`. */
const busyTimeoutMs = 10_000;

/**
 * WAL, so that readers never wait for the collector; `synchronous = full`, so that a commit is on the disk before it is
 * reported: it survives `kill -9` and a power cut (on a disk that honours fsync). `normal` would keep the file sound
 * but could lose the last commits to a power cut, and their observations have been acknowledged by then.
 */
const settings = [
  'pragma journal_mode = wal',
  'pragma synchronous = full',
  'pragma foreign_keys = on',
  'pragma temp_store = memory',
  'pragma cache_size = -65536',
];

export function sqliteDialect(file: string): SqliteDialect {
  return new NodeSqliteDialect({ database: openFile(file) });
}

function openFile(file: string): NodeSqliteDatabase {
  const { DatabaseSync } = loadSqlite();
  try {
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    for (const setting of settings) database.exec(setting);
    addSampleDeviation(database);
    return new NodeSqliteDatabase(database, file);
  } catch (error) {
    throw translateSqliteError(error, file);
  }
}

/** `stddev_samp`, which PostgreSQL has and SQLite has not; by Welford's update, as sums of squares cancel. */
function addSampleDeviation(database: DatabaseSync): void {
  database.aggregate<Float64Array>('stddev_samp', {
    deterministic: true,
    start: () => new Float64Array(3),
    step(state, value) {
      if (typeof value !== 'number') return state;
      const count = ++state[0]!;
      const residual = value - state[1]!;
      state[1]! += residual / count;
      state[2]! += residual * (value - state[1]!);
      return state;
    },
    result: ([count, , squares]) => (count! < 2 ? null : Math.sqrt(squares! / (count! - 1))),
  });
}

/** Node 22 marks `node:sqlite` as experimental with a warning on stderr; only that warning is held back. */
function loadSqlite(): typeof import('node:sqlite') {
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes('SQLite is an experimental feature')) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Presents `node:sqlite` as Kysely expects a driver, and its errors as `ResultsError`. */
class NodeSqliteDatabase implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #file: string;
  /** The collector repeats a few long statements: parsing them once is worth a third of its time. */
  readonly #prepared = new Map<string, SqliteStatement>();

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#translating(() => new NodeSqliteStatement(this.#database.prepare(sql), this.#file));
    if (this.#prepared.size >= 64) this.#prepared.delete(this.#prepared.keys().next().value!);
    this.#prepared.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#translating(() => this.#database.close());
  }

  #translating<Result>(call: () => Result): Result {
    try {
      return call();
    } catch (error) {
      throw translateSqliteError(error, this.#file);
    }
  }
}

class NodeSqliteStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: StatementSync;
  readonly #file: string;

  constructor(statement: StatementSync, file: string) {
    this.#statement = statement;
    this.#file = file;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    try {
      return this.#statement.all(...(parameters as SQLInputValue[]));
    } catch (error) {
      throw translateSqliteError(error, this.#file);
    }
  }

  run(parameters: readonly unknown[]) {
    try {
      return this.#statement.run(...(parameters as SQLInputValue[]));
    } catch (error) {
      throw translateSqliteError(error, this.#file);
    }
  }

  iterate(): never {
    throw new ResultsError('fault', 'The results database is read page by page, never by a cursor.');
  }
}

class NodeSqliteDialect extends SqliteDialect {
  readonly #database: NodeSqliteDatabase;

  constructor(config: SqliteDialectConfig & { readonly database: NodeSqliteDatabase }) {
    super(config);
    this.#database = config.database;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#database);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdlAdapter();
  }
}

/** Every transaction here writes: taking the write lock first means it waits at its start and never fails in its middle. */
class ImmediateDriver extends SqliteDriver {
  readonly #database: NodeSqliteDatabase;

  constructor(database: NodeSqliteDatabase) {
    super({ database });
    this.#database = database;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** A full disk makes SQLite roll back by itself; a second rollback would hide the reason. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }
}

/** With `begin immediate`, SQLite runs migrations of concurrent starters one after the other, each whole or not at all. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
