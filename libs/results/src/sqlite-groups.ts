import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ArrayQuery, Connection, DatabaseFile } from './connection.ts';
import type { Group } from './grouped-moments.ts';
import { pages } from './pages.ts';
import type { TrialQuery } from './query.ts';
import { createReducer } from './reduction.ts';
import type { Reduction } from './reduction.ts';
import { pageQuery } from './scan.ts';
import type { Scanned } from './scan.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** Of fewer records, a thread would have read its share in the time that it takes to start. */
const fewestShared = 200_000;
/** Of the records; less than half, as the thread begins later. */
const threadShare = 0.45;

export interface Reduced {
  readonly trials: TrialQuery;
  /** As the reduction expects them, after the id. */
  readonly columns: readonly Scanned[];
  readonly reduction: Reduction;
}

/** What a thread reads over a connection of its own. */
export interface Share {
  readonly file: DatabaseFile;
  readonly query: ArrayQuery;
  /** The id that its rows come after. */
  readonly after: number;
  readonly reduction: Reduction;
}

/**
 * Groups of the trials that are recorded when it is called. Of many, the newest are read by another thread: most of the time
 * goes into fetching one value after the other from SQLite.
 */
export async function sqliteGroups(connection: Connection, { trials, columns, reduction }: Reduced): Promise<Group[]> {
  const upTo = (id: number) => pageQuery(trials.where('id', '<=', id), columns);
  const newest = await trials.clearWhere().select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  const last = newest?.id ?? 0;
  const file = connection.file();
  const isShared = file !== undefined && last >= fewestShared && availableParallelism() > 1;
  const middle = isShared ? Math.ceil((1 - threadShare) * last) : last;
  const reducer = createReducer(reduction);
  const other = isShared ? inThread({ file, query: upTo(last), after: middle, reduction }) : undefined;
  try {
    for await (const page of pages(connection.readArrays, upTo(middle))) for (const row of page) reducer.add(row);
    if (other !== undefined) reducer.merge(await other.part);
  } finally {
    await other?.end();
  }
  return reducer.groups();
}

interface Thread {
  /** @throws ResultsError */
  readonly part: Promise<unknown>;
  readonly end: () => Promise<unknown>;
}

function inThread(share: Share): Thread {
  // flags of this process may be for its own script only
  const worker = new Worker(new URL('./scan-thread.ts', import.meta.url), { workerData: share, execArgv: [] });
  const part = once(worker, 'message').then(
    ([message]: unknown[]) => message,
    (error: unknown) => {
      throw translateSqliteError(error, share.file.path);
    },
  );
  // an error before it is awaited is thrown then
  part.catch(() => {});
  return { part, end: () => worker.terminate() };
}
