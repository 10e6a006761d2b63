import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Kysely, sql } from 'kysely';
import pg from 'pg';
import { postgres } from './postgres-dialect.ts';
import { postgresGroups } from './postgres-groups.ts';
import type { Schema } from './schema.ts';
import { runConformance } from './testing/conformance.ts';
import { findPostgres, startPrivatePostgres } from './testing/private-postgres.ts';

const binaries = findPostgres();
if (binaries === undefined)
  test('PostgreSQL as results database', (t) =>
    t.skip('PostgreSQL is not installed: the Debian package is "postgresql"'));
else {
  const server = await startPrivatePostgres(binaries);
  let databases = 0;
  runConformance('PostgreSQL', {
    kind: 'postgres',
    freshUrl: () => server.createDatabase(`results_${databases++}`),
    async tamper(url, statement) {
      const client = new pg.Client(url);
      await client.connect();
      await client.query(statement);
      await client.end();
    },
  });
  test('PostgreSQL: the deviation of many values whose squares just do not overflow', async () => {
    const { dialect } = postgres({ url: server.url, lockTimeoutMs: 1000, readOnly: true });
    const db = new Kysely<Schema>({ dialect });
    const from = sql`(select 9e149 * (-1) ^ i as value from generate_series(1, 20000) as i)`;
    const [group] = await postgresGroups(db, { from, keys: [], values: ['value'] });
    await db.destroy();
    const [count, mean, deviation] = group!.statistics[0]!;
    assert.equal(count, 20_000);
    assert.ok(Math.abs(mean!) < 1e140, String(mean));
    assert.ok(Math.abs(deviation! / (9e149 * Math.sqrt(20_000 / 19_999)) - 1) < 1e-9, String(deviation));
  });
  after(() => server.stop());
}
