import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openResults } from './open-results.ts';
import { runConformance } from './testing/conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'natsweep-results-'));
let files = 0;
runConformance('SQLite', {
  kind: 'sqlite',
  freshUrl: () => Promise.resolve(`sqlite:${join(folder, `${files++}.sqlite`)}`),
  tamper(url, statement) {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(url.slice('sqlite:'.length));
    database.exec(statement);
    database.close();
    return Promise.resolve();
  },
});

test('SQLite: a reader leaves every byte of a file of another program, and of an empty one, as it was', async () => {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const place = join(folder, 'of-others');
  mkdirSync(place);
  const other = new DatabaseSync(join(place, 'other.sqlite'));
  other.exec('create table of_another_program (id integer)');
  other.close();
  writeFileSync(join(place, 'empty.sqlite'), '');
  const contents = () => readdirSync(place).map((name) => [name, hash('sha256', readFileSync(join(place, name)))]);
  const before = contents();
  for (const [name] of before) {
    const reader = await openResults(`sqlite:${join(place, name!)}`, { readOnly: true });
    assert.deepEqual(await reader.listSweeps(), []);
    await reader.close();
  }
  assert.deepEqual(contents(), before);
});

test('SQLite: however many queries follow one another, what else the process has to do is done in between', async () => {
  const store = await openResults(`sqlite:${join(folder, `${files++}.sqlite`)}`);
  let isDone = false;
  setImmediate(() => (isDone = true));
  for (let queries = 0; !isDone && queries < 100_000; queries++) await store.getSweep('s');
  assert.equal(isDone, true);
  await store.close();
});

after(() => rmSync(folder, { recursive: true }));
