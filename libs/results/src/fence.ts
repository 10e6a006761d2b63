import { CompiledQuery } from 'kysely';
import type { DatabaseConnection, Dialect } from 'kysely';
import { ResultsError } from './results-error.ts';
import type { Database } from './schema.ts';

/**
 * Keeps a writer out that was suspended and goes on when another has taken its place. The database counts how often it was
 * taken over; each transaction of a store that has taken it over begins by reading the count, and keeps it from changing until
 * the transaction ends. So between a take-over and what its writer commits next, nothing of another writer comes in, but for
 * texts that records share (`Texts.store`): those are stored before the transaction, and one that no record uses does no harm.
 */
export class Fence {
  #epoch: number | undefined;

  /** Waits for the transaction that another writer may have under way, and refuses all that it begins later. */
  async takeOver(db: Database): Promise<void> {
    const { epoch } = await db
      .updateTable('writer')
      .set((row) => ({ epoch: row('epoch', '+', 1) }))
      .returning('epoch')
      .executeTakeFirstOrThrow();
    this.#epoch = epoch;
  }

  /** The dialect with this check at the beginning of every transaction: it throws ResultsError `superseded`. */
  around(dialect: Dialect, kind: 'sqlite' | 'postgres'): Dialect {
    return {
      createAdapter: () => dialect.createAdapter(),
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createDriver: () => {
        const driver = dialect.createDriver();
        const begin = driver.beginTransaction.bind(driver);
        driver.beginTransaction = async (connection, settings) => {
          await begin(connection, settings);
          try {
            await this.#require(connection, kind);
          } catch (error) {
            await driver.rollbackTransaction(connection);
            throw error;
          }
        };
        return driver;
      },
    };
  }

  async #require(connection: DatabaseConnection, kind: 'sqlite' | 'postgres'): Promise<void> {
    if (this.#epoch === undefined) return;
    // SQLite's writers exclude each other anyway
    const lock = kind === 'postgres' ? ' for share' : '';
    const { rows } = await connection.executeQuery(
      CompiledQuery.raw(`select epoch from writer where epoch = ${this.#epoch}${lock}`),
    );
    if (rows.length === 0)
      throw new ResultsError(
        'superseded',
        'Another scheduler has taken over the results database: leave it to that one.',
      );
  }
}
