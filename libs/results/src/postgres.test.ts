import { after, test } from 'node:test';
import pg from 'pg';
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
  after(() => server.stop());
}
