import { dirname, resolve } from 'node:path';
import { Kysely } from 'kysely';
import { readAttempts, recordAttempts } from './attempts.ts';
import type { Connection } from './connection.ts';
import { exportRows } from './export.ts';
import { Fence } from './fence.ts';
import { readGroups } from './groups.ts';
import { makeFolder } from './make-folder.ts';
import { migrate } from './migrations.ts';
import { readPairs } from './pairs.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { findReusable } from './reuse.ts';
import { record } from './record.ts';
import { ResultsError } from './results-error.ts';
import { readAllRows, readRows, readTraces, readTrial } from './rows.ts';
import type { Schema } from './schema.ts';
import { sqlite } from './sqlite-dialect.ts';
import type { ResultsStore } from './store.ts';
import {
  countRecords,
  createSweep,
  deleteSweep,
  getSweep,
  listSweeps,
  recordedIndices,
  setSweepState,
} from './sweeps.ts';
import { Texts } from './texts.ts';
import { verifySweep } from './verify.ts';
import { applyVersion, readVersions } from './versions.ts';

export interface OpenOptions {
  /** How long a write waits for another process's before it is refused as `locked`. Default: 10 s. */
  readonly lockTimeoutMs?: number;
}

/**
 * Opens the results database and brings its schema up to date.
 * @param url `sqlite:FILE`, created with its folder where it does not exist, or `postgres://USER@HOST/DATABASE`.
 * @throws ResultsError, here and from every method.
 */
export async function openResults(url: string, options: OpenOptions = {}): Promise<ResultsStore> {
  const fence = new Fence();
  const connection = connect(url, options.lockTimeoutMs ?? 10_000, fence);
  const { db, kind } = connection;
  try {
    await migrate(db, kind);
  } catch (error) {
    await db.destroy().catch(() => {});
    throw error;
  }
  return {
    takeOver: () => fence.takeOver(db),
    createSweep: (sweep) => createSweep(connection, sweep),
    getSweep: (name) => getSweep(db, name),
    listSweeps: () => listSweeps(db),
    setSweepState: (name, state, reason) => setSweepState(db, name, { state, reason, nowMs: Date.now() }),
    deleteSweep: (name) => deleteSweep(db, name),
    versions: (sweep) => readVersions(connection, sweep),
    applyVersion: (sweep, change) => applyVersion(connection, sweep, change),
    verify: (sweep, planned) => verifySweep(connection, sweep, planned),
    recordAttempts: (attempts) => recordAttempts(connection, attempts),
    attempts: (sweep, trialId) => readAttempts(connection, sweep, trialId),
    findReusable: (wanted) => findReusable(connection, wanted),
    record: (records) => record(connection, records),
    recordedIndices: (sweep) => recordedIndices(db, sweep),
    counts: (sweep) => countRecords(db, sweep),
    rows: (sweep, query = {}) => readRows(connection, sweep, query),
    allRows: (sweep, query = {}) => readAllRows(connection, sweep, query),
    export: (sweep, query) => exportRows(connection, sweep, query),
    trial: (sweep, trialId) => readTrial(connection, sweep, trialId),
    groups: (sweep, by, metrics, query = {}) => readGroups(connection, sweep, { by, metrics, query }),
    pairs: (sweep, query) => readPairs(connection, sweep, query),
    traces: (sweep, query = {}) => readTraces(connection, sweep, query),
    close: () => db.destroy(),
  };
}

function connect(url: string, lockTimeoutMs: number, fence: Fence): Connection {
  if (/^sqlite:/.test(url)) {
    const file = resolve(url.replace(/^sqlite:(\/\/(?=\/))?/, ''));
    makeFolder(dirname(file));
    const { dialect, readArrays } = sqlite({ file, lockTimeoutMs });
    const db = new Kysely<Schema>({ dialect: fence.around(dialect, 'sqlite') });
    return { kind: 'sqlite', db, texts: new Texts(db), readArrays };
  }
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) {
    const dialect = postgresDialect({ url, lockTimeoutMs });
    const db = new Kysely<Schema>({ dialect: fence.around(dialect, 'postgres') });
    return { kind: 'postgres', db, texts: new Texts(db) };
  }
  throw new ResultsError(
    'bad-url',
    'The results database is named by "sqlite:FILE" or "postgres://USER@HOST/DATABASE".',
  );
}
