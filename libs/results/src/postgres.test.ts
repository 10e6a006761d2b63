import { after, test } from 'node:test';
import { runConformance } from './testing/conformance.ts';
import { findPostgres, startPrivatePostgres } from './testing/private-postgres.ts';

const binaries = findPostgres();
if (binaries === undefined)
  test('PostgreSQL as results database', (t) =>
    t.skip('PostgreSQL is not installed: the Debian package is "postgresql"'));
else {
  const server = await startPrivatePostgres(binaries);
  let databases = 0;
  runConformance('PostgreSQL', () => server.createDatabase(`results_${databases++}`));
  after(() => server.stop());
}
