import assert from 'node:assert/strict';
import { test } from 'node:test';
import { translatePostgresError } from './postgres-errors.ts';
import { ResultsError } from './results-error.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** What servers and the driver say: what the record holds is to blame for the last of them only. */
const postgresErrors = [
  ['58030', 'could not read block 7 in file "base/5/1234": Input/output error', 'disk'],
  ['53200', 'out of memory', 'unreachable'],
  ['53300', 'sorry, too many clients already', 'unreachable'],
  ['57P01', 'terminating connection due to administrator command', 'unreachable'],
  ['25P03', 'terminating connection due to idle-in-transaction timeout', 'unreachable'],
  ['25P04', 'terminating connection due to transaction timeout', 'unreachable'],
  ['53100', 'could not write to file "pg_wal/xlogtemp.7": No space left on device', 'full'],
  ['57P02', 'terminating connection because of crash of another server process', 'unreachable'],
  ['57P03', 'the database system is not yet accepting connections', 'unreachable'],
  ['40P01', 'deadlock detected', 'locked'],
  ['40001', 'could not serialize access', 'locked'],
  ['40003', 'statement completion unknown', 'locked'],
  ['EHOSTDOWN', 'connect EHOSTDOWN 10.0.0.7:5432', 'unreachable'],
  ['', 'timeout expired', 'unreachable'],
  ['', 'Query read timeout', 'unreachable'],
  ['', 'Connection terminated due to connection timeout', 'unreachable'],
  ['', 'Client was closed and is not queryable', 'unreachable'],
  ['', 'Client has encountered a connection error and is not queryable', 'unreachable'],
  ['22003', 'value out of range', 'fault'],
] as const;

test('faults of a server or of its disk are told apart from those of a record, in one sentence without the password', () => {
  const url = 'postgres://natsweep:sesame@db.example:5432/results';
  for (const [state, message, code] of postgresErrors) {
    const translated = translatePostgresError(Object.assign(new Error(message), { code: state }), url);
    assert(translated instanceof ResultsError);
    assert.equal(translated.code, code, message);
    assert.match(translated.message, /PostgreSQL at db\.example:5432\/results/);
    assert.doesNotMatch(translated.message, /sesame/);
  }
  for (const [errcode, code] of [
    [10, 'disk'],
    [10 | (3 << 8), 'disk'],
    [19, 'fault'],
  ] as const) {
    const translated = translateSqliteError(Object.assign(new Error('disk I/O error'), { errcode }), '/data/r.sqlite');
    assert(translated instanceof ResultsError);
    assert.equal(translated.code, code);
    assert.match(translated.message, /\/data\/r\.sqlite/);
  }
});
