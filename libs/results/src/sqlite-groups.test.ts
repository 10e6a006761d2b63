import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { openResults } from './open-results.ts';
import { ResultsError } from './results-error.ts';
import type { ResultsErrorCode } from './results-error.ts';
import type { ResultsStore } from './store.ts';
import { syntheticRecords, syntheticSweep } from './testing/synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'natsweep-groups-'));
after(() => rmSync(folder, { recursive: true }));

const records = 600;
const observations = records - records / 50;

/** A sweep whose records have the ids that they would have among a million others. */
async function spread(name: string): Promise<string> {
  const file = join(folder, `${name}.sqlite`);
  const store = await openResults(`sqlite:${file}`);
  await fill(store);
  await store.close();
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(file);
  database.exec('update trials_1 set id = 1000 * id');
  database.close();
  return file;
}

async function fill(store: ResultsStore): Promise<void> {
  await store.createSweep(syntheticSweep('damping', records));
  // without the parameter that keeps trials of one seed from being pairs
  const trials = syntheticRecords('damping', records).map(({ params: { bias: _, ...params }, ...record }) => ({
    ...record,
    params,
  }));
  await store.record(trials as ReturnType<typeof syntheticRecords>);
}

const ask = (store: ResultsStore) =>
  Promise.all([
    store.groups('damping', ['approximation', 'depth'], ['trainLossFinal', 'stepsToThreshold', 'elapsedSeconds']),
    store.groups('damping', [], ['trainLossFinal'], { filter: 'damping < 0.5', where: { approximation: 'kfac' } }),
    store.pairs('damping', { parameter: 'approximation', baseline: 'exact', metric: 'trainLossFinal', by: ['depth'] }),
    store.pairs('damping', {
      parameter: 'depth',
      baseline: 3,
      metric: 'trainLossFinal',
      filter: 'stepsToThreshold > 3',
    }),
  ]);

/** All records a second time, with ids after theirs. */
function recordAgain(file: string): void {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(file);
  database.exec(`create temp table again as select * from trials_1;
    update again set id = id + 1000000, trial_id = trial_id || '-';
    insert into trials_1 select * from again`);
  database.close();
}

/** The threads that are started meanwhile. */
async function threadsOf(work: () => Promise<unknown>): Promise<Worker[]> {
  const threads: Worker[] = [];
  const note = (thread: Worker) => void threads.push(thread);
  process.on('worker', note);
  try {
    await work();
  } finally {
    process.off('worker', note);
  }
  return threads;
}

const hasEnded = ({ threadId }: Worker) => threadId === -1;

/** Equal, but for the last digits of numbers: sums in another order. */
function assertAlmostEqual(actual: unknown, expected: unknown): void {
  const [found, wanted] = [numbersOf(actual), numbersOf(expected)];
  assert.equal(found.text, wanted.text);
  for (const [place, number] of wanted.numbers.entries())
    assert.ok(
      Math.abs(found.numbers[place]! - number) <= 1e-8 * Math.abs(number),
      `${found.numbers[place]}, not ${number}`,
    );
}

function numbersOf(value: unknown): { readonly text: string; readonly numbers: readonly number[] } {
  const numbers: number[] = [];
  const text = JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'number' ? `#${numbers.push(part)}` : part,
  );
  return { text, numbers };
}

const refusal = (code: ResultsErrorCode, message: RegExp) => (error: unknown) =>
  error instanceof ResultsError && error.code === code && message.test(error.message);

const skip = availableParallelism() > 1 ? false : 'with one processor no thread is started';

describe('a question about many records in SQLite', () => {
  test('is answered by two threads as by one', { skip }, async () => {
    const many = await openResults(`sqlite:${await spread('shared')}`);
    const few = await openResults('sqlite::memory:');
    await fill(few);
    let answers: unknown;
    const threads = await threadsOf(async () => (answers = await ask(many)));
    assert.equal(threads.length, 4);
    assert.ok(threads.every(hasEnded));
    assert.deepEqual(await threadsOf(async () => assertAlmostEqual(answers, await ask(few))), []);
    await few.close();
    await many.close();
  });

  test('is about those that there are when it is asked', { skip }, async () => {
    const file = await spread('meanwhile');
    const store = await openResults(`sqlite:${file}`);
    const count = async () => (await store.groups('damping', [], []))[0]!.count;
    process.once('worker', () => recordAgain(file));
    assert.equal(await count(), observations);
    assert.equal(await count(), 2 * observations);
    await store.close();
  });

  test('fails where its thread fails, and leaves no thread behind', { skip }, async () => {
    const file = await spread('gone');
    const store = await openResults(`sqlite:${file}`);
    renameSync(file, `${file}.elsewhere`);
    const threads = await threadsOf(() =>
      assert.rejects(
        store.groups('damping', ['depth'], ['trainLossFinal']),
        refusal('not-found', /gone\.sqlite cannot be opened/),
      ),
    );
    assert.equal(threads.length, 1);
    assert.ok(threads.every(hasEnded));
    renameSync(`${file}.elsewhere`, file);
    assert.equal((await store.groups('damping', [], ['trainLossFinal'])).length, 1);
    await store.close();
  });

  test('leaves no thread behind where it fails itself', { skip }, async () => {
    const file = await spread('damaged');
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(file);
    const first = `select pgoffset, pgsize from dbstat where name = 'trials_1' and pagetype = 'leaf' order by path limit 1`;
    const { pgoffset, pgsize } = database.prepare(first).get() as { pgoffset: number; pgsize: number };
    database.close();
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(pgsize, 0x5a), 0, pgsize, pgoffset);
    closeSync(handle);
    const store = await openResults(`sqlite:${file}`);
    const threads = await threadsOf(() =>
      assert.rejects(
        store.groups('damping', ['depth'], ['trainLossFinal']),
        refusal('corrupt', /damaged\.sqlite is damaged/),
      ),
    );
    assert.equal(threads.length, 1);
    assert.ok(threads.every(hasEnded));
    await store.close();
  });

  test('lets the process end', async () => {
    const url = `sqlite:${await spread('ends')}`;
    const script = `import { openResults } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
      const store = await openResults(${JSON.stringify(url)});
      const [all] = await store.groups('damping', [], []);
      console.log(all.count);`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    assert.deepEqual([stdout, stderr], [`${observations}\n`, '']);
  });
});
