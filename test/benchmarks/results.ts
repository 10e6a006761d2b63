/**
 * Recording and questioning a large sweep in the results database, on SQLite and on a private PostgreSQL.
 *
 *   node test/benchmarks/results.ts [--observations N] [--rounds N] [--sqlite] [--postgres]
 *
 * Prints Markdown: what every kind of question takes (the shortest wall time of some rounds), what a trial takes on the disk,
 * and for exports, the comparison and the report of all trials, each by a process of its own, their time and memory; then the
 * same questions put to the same database as
 * SQL written by hand, and to DuckDB over the exported Parquet file, which also counts what each exported file holds. The
 * status is 1 if PostgreSQL or DuckDB had to be left out.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openResults } from '@natsweep/results';
import { findPostgres, startPrivatePostgres } from '@natsweep/results/testing';
import { installPeer, python, reason } from './python-environment.ts';
import { farPages, millionTrials, questions, traceSteps } from './results-million.ts';
import { verdictTable, type Requirement } from './verdict-table.ts';

const run = promisify(execFile);
const { values: flags } = parseArgs({
  options: {
    observations: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    sqlite: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
  },
});
const observations = Number(flags.observations);
const batch = 500;
const both = !flags.sqlite && !flags.postgres;
const duckdb = 'duckdb==1.5.6';
const mib = 2 ** 20;

const folder = mkdtempSync(join(tmpdir(), 'natsweep-benchmark-'));
try {
  if (flags.sqlite || both) await measureSqlite();
  if (flags.postgres || both) await measurePostgres();
} finally {
  rmSync(folder, { recursive: true });
}

async function measureSqlite(): Promise<void> {
  const file = join(folder, 'results.sqlite');
  const url = `sqlite:${file}`;
  const answered = await measure('SQLite', url);
  const perTrial = statSync(file).size / observations;
  const exported = [];
  for (const format of ['csv', 'jsonl', 'parquet']) exported.push(...(await measureExport(url, format)));
  const whole = await measureWhole(url);
  console.log(verdictTable([...answered, onDisk(perTrial, 1200), ...exported, ...whole]));
  await comparePeers(file);
}

async function measurePostgres(): Promise<void> {
  const binaries = findPostgres();
  if (binaries === undefined) {
    console.log('\nPostgreSQL was left out: it is not installed');
    process.exitCode = 1;
    return;
  }
  const server = await startPrivatePostgres(binaries, { shared_buffers: '512MB', fsync: 'on' });
  try {
    const answered = await measure('PostgreSQL', server.url);
    const query = 'select pg_database_size(current_database())';
    const { stdout } = await run(join(binaries, 'psql'), ['--csv', '-t', '-c', query, server.url]);
    const exported = await measureExport(server.url, 'parquet');
    const whole = await measureWhole(server.url);
    console.log(verdictTable([...answered, onDisk(Number(stdout) / observations, 1450), ...exported, ...whole]));
  } finally {
    await server.stop();
  }
}

function onDisk(bytesPerTrial: number, limit: number): Requirement {
  const what = `on the disk per trial, with 25 parameters, 10 metrics and ${2 * traceSteps} values of traces`;
  return { what, measured: bytesPerTrial, limit: { most: limit }, unit: 'bytes' };
}

async function measure(name: string, url: string): Promise<Requirement[]> {
  const store = await openResults(url);
  const { sweep, observation } = millionTrials(observations);
  await store.createSweep(sweep);
  let recordingMs = 0;
  for (let first = 0; first < observations; first += batch) {
    const length = Math.min(batch, observations - first);
    const records = Array.from({ length }, (_, place) => observation(first + place));
    const start = performance.now();
    await store.record(records);
    recordingMs += performance.now() - start;
  }
  console.log(`\n## ${name}, ${observations.toLocaleString('en')} observations\n`);
  const answers: Requirement[] = [
    {
      what: `recorded per second, ${batch} at a time`,
      measured: observations / (recordingMs / 1000),
      limit: { least: 5000 },
      unit: '/s',
    },
  ];
  for (const [title, ask] of [...questions, ...(await farPages(store))]) {
    let shortestMs = Infinity;
    for (let round = 0; round < Number(flags.rounds); round++) {
      const start = performance.now();
      await ask(store);
      shortestMs = Math.min(shortestMs, performance.now() - start);
    }
    answers.push({ what: title, measured: shortestMs, limit: { most: 1000 }, unit: 'ms' });
  }
  await store.close();
  return answers;
}

/** Whole, into a file. */
async function measureExport(url: string, format: string): Promise<Requirement[]> {
  const file = join(folder, `exported.${format}`);
  const taken = await inProcess([url, 'export', format, file]);
  return limits(`whole export as ${format}, ${(statSync(file).size / mib).toFixed(0)} MiB`, taken, [60, 400]);
}

/** What reads every trial. */
async function measureWhole(url: string): Promise<Requirement[]> {
  const compared = await inProcess([url, 'compare']);
  const reported = await inProcess([url, 'report', join(folder, 'report')]);
  return [
    ...limits('comparison of the 5 approximations, paired over all else', compared, [30, 800]),
    ...limits('report: verdicts, tables and figures as HTML', reported, [60, 1408]),
  ];
}

interface Taken {
  readonly seconds: number;
  readonly peakBytes: number;
}

async function inProcess(asked: readonly string[]): Promise<Taken> {
  const script = join(import.meta.dirname, 'results-process.ts');
  const { stdout } = await run(process.execPath, ['--no-warnings', script, ...asked]);
  return JSON.parse(stdout) as Taken;
}

function limits(
  what: string,
  { seconds, peakBytes }: Taken,
  [most, mostMib]: readonly [number, number],
): Requirement[] {
  return [
    { what, measured: seconds, limit: { most }, unit: 's' },
    { what: 'memory of that process at its peak', measured: peakBytes / mib, limit: { most: mostMib }, unit: 'MiB' },
  ];
}

/** Milliseconds by question, and by file what is in it. */
interface PeerAnswers {
  readonly duckdb: Readonly<Record<string, number>>;
  readonly sqlite: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, readonly [rows: number, sum: number]>>;
}

async function comparePeers(database: string): Promise<void> {
  try {
    await installPeer(duckdb);
    const script = join(import.meta.dirname, 'peers', 'results.py');
    const files = readdirSync(folder).filter((name) => name.startsWith('exported.'));
    const { stdout } = await run(python, [script, database, ...files.map((name) => join(folder, name))]);
    const answers = JSON.parse(stdout) as PeerAnswers;
    console.log('\n| by hand | SQL on the same file, by Python’s sqlite3 | DuckDB on the exported Parquet file |');
    console.log('|---|--:|--:|');
    for (const [title, ms] of Object.entries(answers.sqlite))
      console.log(`| ${title} | ${ms.toFixed(0)} ms | ${answers.duckdb[title]!.toFixed(0)} ms |`);
    const store = await openResults(`sqlite:${database}`, { readOnly: true });
    const [whole] = await store.groups('million', [], ['finalTrainLoss']);
    await store.close();
    const { count, mean } = whole!.metrics['finalTrainLoss']!;
    for (const [file, [rows, sum]] of Object.entries(answers.files)) {
      const same = rows === observations && Math.abs(sum / (mean! * count) - 1) < 1e-12;
      console.log(
        `\nDuckDB reads ${file}: ${rows} rows, ${same ? 'the same sum of losses' : '**another sum of losses**'}.`,
      );
      if (!same) process.exitCode = 1;
    }
  } catch (error) {
    console.log(`\nDuckDB (${duckdb}) was left out: ${reason(error)}`);
    process.exitCode = 1;
  }
}
