import { PostgresDialect } from 'kysely';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { ArrayQuery, Cell, ReadArrays } from './connection.ts';
import { translatePostgresError } from './postgres-errors.ts';

const connectTimeoutMs = 10_000;
const keepAliveDelayMs = 10_000;
const connections = 4;

export interface PostgresOptions {
  readonly url: string;
  /** How long a statement waits for another process's lock before it is refused as `locked`. */
  readonly lockTimeoutMs: number;
  readonly readOnly: boolean;
}

export interface Postgres {
  readonly dialect: PostgresDialect;
  /** On a connection of the dialect's own. */
  readonly readArrays: ReadArrays;
}

/** PostgreSQL by URL; TLS as the URL says, e.g. `?sslmode=verify-full&sslrootcert=/etc/ssl/company-ca.pem`. */
export function postgres({ url, lockTimeoutMs, readOnly }: PostgresOptions): Postgres {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'natsweep',
    keepAlive: true,
    // the system's own is two hours, for which a scheduler would wait for the answer of a machine that is gone
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    lock_timeout: lockTimeoutMs,
    // a writer that is suspended within a transaction must not keep its successor waiting until that gives up
    idle_in_transaction_session_timeout: lockTimeoutMs / 2,
    types: { getTypeParser: parserFor },
    onConnect: ((client: pg.ClientBase) => client.query(configuration(readOnly))) as (client: pg.ClientBase) => void,
  });
  // an idle connection that the server closes is replaced on the next query; without a listener it ends the process
  pool.on('error', () => {});
  // one that is lost between two statements of a transaction says so at the next; until then nobody else listens
  pool.on('connect', (client) => void client.on('error', () => {}));
  const readArrays = async ({ sql, parameters }: ArrayQuery) => {
    try {
      const { rows } = await pool.query<Cell[]>({ text: sql, values: [...parameters], rowMode: 'array' });
      return rows;
    } catch (error) {
      throw translatePostgresError(error, url);
    }
  };
  return { dialect: new PostgresDialect({ pool: translatingPool(pool, url) }), readArrays };
}

/** Counts and grid indices are below 2^53: they are read as numbers, as SQLite gives them. */
const parserFor: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC
    ? Number
    : pg.types.getTypeParser(oid, format as 'text');

/** The pool with its errors as `ResultsError`. */
function translatingPool(pool: pg.Pool, url: string): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      try {
        const client = await pool.connect();
        const known = clients.get(client);
        if (known) return known;
        const translating = translatingClient(client, url);
        clients.set(client, translating);
        return translating;
      } catch (error) {
        throw translatePostgresError(error, url);
      }
    },
  };
}

/**
 * A committed observation is acknowledged for good: a server set to commit asynchronously is not believed. And questions
 * about a million trials take less time than their compilation to machine code.
 */
const configuration = (readOnly: boolean) => `
  select set_config('jit', 'off', false),
    case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'on', false) end
    ${readOnly ? `, set_config('default_transaction_read_only', 'on', false)` : ''}`;

function translatingClient(client: pg.PoolClient, url: string): PostgresPoolClient {
  const query = async (sql: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(sql, parameters as unknown[]);
    } catch (error) {
      throw translatePostgresError(error, url);
    }
  };
  return { query, release: (destroy?: boolean) => client.release(destroy) } as unknown as PostgresPoolClient;
}
