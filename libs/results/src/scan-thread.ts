/** The thread of `sqliteGroups`: reads its share, and posts the part that it becomes. */
import type { SQLInputValue } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { ArrayQuery, Cell } from './connection.ts';
import { loadSqlite } from './load-sqlite.ts';
import { pages } from './pages.ts';
import { createReducer } from './reduction.ts';
import type { Share } from './sqlite-groups.ts';

const { file, query, after, reduction } = workerData as Share;
const { DatabaseSync } = loadSqlite();
const database = new DatabaseSync(new URL(file.url), { readOnly: true, timeout: file.lockTimeoutMs });
const statement = database.prepare(query.sql);
statement.setReturnArrays(true);
const readArrays = ({ parameters }: ArrayQuery) =>
  Promise.resolve(statement.all(...(parameters as SQLInputValue[])) as unknown as Cell[][]);
const reducer = createReducer(reduction);
for await (const page of pages(readArrays, query, after)) for (const row of page) reducer.add(row);
database.close();
parentPort!.postMessage(reducer.part());
