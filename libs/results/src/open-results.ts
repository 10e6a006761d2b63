import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Kysely } from 'kysely';
import { readAttempts, recordAttempts } from './attempts.ts';
import type { Connection } from './connection.ts';
import { exportRows } from './export.ts';
import { Fence } from './fence.ts';
import { readGroups } from './groups.ts';
import { makeFolder } from './make-folder.ts';
import { readMeasured } from './measured.ts';
import { migrate, schemaState } from './migrations.ts';
import type { DatabaseKind } from './migrations.ts';
import { readPairs } from './pairs.ts';
import { postgres } from './postgres-dialect.ts';
import { readProvenance } from './provenance.ts';
import { findReusable } from './reuse.ts';
import { record } from './record.ts';
import { ResultsError } from './results-error.ts';
import { readAllRows, readRows, readTraces, readTrial } from './rows.ts';
import type { Database, Schema } from './schema.ts';
import { countFailed } from './select-failed.ts';
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
  /** Changes nothing, not even the schema, and needs no right to: every method that writes throws. Default: false. */
  readonly readOnly?: boolean;
}

/**
 * Opens the results database, and brings its schema up to date unless it is only to be read. A database that nothing has been
 * written to is read as an empty one.
 * @param url `sqlite:FILE`, created with its folder where it does not exist, or `postgres://USER@HOST/DATABASE`.
 * @throws ResultsError, here and from every method.
 */
export async function openResults(url: string, options: OpenOptions = {}): Promise<ResultsStore> {
  const { lockTimeoutMs = 10_000, readOnly = false } = options;
  const fence = new Fence();
  const connection = connect(url, { lockTimeoutMs, readOnly, fence });
  const { db, kind } = connection;
  try {
    if (!readOnly) await migrate(db, kind);
    else if ((await readableSchema(db, kind)) === 'none') {
      await db.destroy();
      return await openResults('sqlite::memory:');
    }
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
    deleteSweep: (name) => db.transaction().execute((transaction) => deleteSweep(transaction, name)),
    versions: (sweep) => readVersions(db, sweep),
    applyVersion: (sweep, change) => applyVersion(connection, sweep, change),
    verify: (sweep, planned) => verifySweep(connection, sweep, planned),
    recordAttempts: (attempts) => recordAttempts(connection, attempts),
    attempts: (sweep, trialId) => readAttempts(connection, sweep, trialId),
    findReusable: (wanted) => findReusable(connection, wanted),
    record: (records) => record(connection, records),
    recordedIndices: (sweep) => recordedIndices(db, sweep),
    counts: (sweep) => countRecords(db, sweep),
    countFailed: (sweep, selection) => countFailed(db, sweep, selection),
    rows: (sweep, query = {}) => readRows(connection, sweep, query),
    allRows: (sweep, query = {}) => readAllRows(connection, sweep, query),
    measured: (sweep, query = {}) => readMeasured(connection, sweep, query),
    provenance: (sweep) => readProvenance(connection, sweep),
    export: (sweep, query) => exportRows(connection, sweep, query),
    trial: (sweep, trialId) => readTrial(connection, sweep, trialId),
    groups: (sweep, by, metrics, query = {}) => readGroups(connection, sweep, { by, metrics, query }),
    pairs: (sweep, query) => readPairs(connection, sweep, query),
    traces: (sweep, query = {}) => readTraces(connection, sweep, query),
    close: () => db.destroy(),
  };
}

async function readableSchema(db: Database, kind: DatabaseKind): Promise<'none' | 'current'> {
  const state = await schemaState(db, kind);
  if (state !== 'older') return state;
  throw new ResultsError(
    'older-schema',
    'This results database was written by an older natsweep: the next "natsweep up" or scheduler brings it up to date.',
  );
}

interface ConnectOptions extends Required<OpenOptions> {
  readonly fence: Fence;
}

function connect(url: string, { fence, ...options }: ConnectOptions): Connection {
  if (/^sqlite:/.test(url)) {
    const { dialect, readArrays, file } = sqlite({ file: sqliteFile(url, options), ...options });
    const db = new Kysely<Schema>({ dialect: fence.around(dialect, 'sqlite') });
    return { kind: 'sqlite', db, texts: new Texts(db), readArrays, file };
  }
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) {
    const { dialect, readArrays } = postgres({ url, ...options });
    const db = new Kysely<Schema>({ dialect: fence.around(dialect, 'postgres') });
    return { kind: 'postgres', db, texts: new Texts(db), readArrays, file: () => undefined };
  }
  throw new ResultsError(
    'bad-url',
    'The results database is named by "sqlite:FILE" or "postgres://USER@HOST/DATABASE".',
  );
}

function sqliteFile(url: string, { readOnly }: Required<OpenOptions>): string {
  const path = url.replace(/^sqlite:(\/\/(?=\/))?/, '');
  if (path === ':memory:') return path;
  const file = resolve(path);
  if (!readOnly) makeFolder(dirname(file));
  else if (!existsSync(file))
    throw new ResultsError('not-found', `There is no results database ${file}: name another file.`);
  return file;
}
