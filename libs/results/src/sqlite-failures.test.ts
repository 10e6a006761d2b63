import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test, type TestContext } from 'node:test';
import { openResults } from './open-results.ts';
import { ResultsError } from './results-error.ts';
import type { ResultsErrorCode } from './results-error.ts';
import { syntheticRecords, syntheticSweep } from './testing/synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'natsweep-failures-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** One sentence with the place and a fix, under a code that stays. */
const refusal = (code: ResultsErrorCode, place: RegExp | string) => (error: unknown) => {
  assert.ok(error instanceof ResultsError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, new RegExp(place));
  return true;
};

async function filled(file: string, records: number): Promise<void> {
  const store = await openResults(`sqlite:${file}`);
  await store.createSweep(syntheticSweep('damping', records));
  await store.record(syntheticRecords('damping', records));
  await store.close();
}

/** Runs a fixture in a process of its own and waits until it says "ready". */
async function fixture(t: { after(end: () => void): void }, code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') break;
  return child;
}

const cannotMount = 'root may write everywhere, and mounting a folder read-only is not allowed here';

/** False where that cannot be done here. */
function makeReadOnly(t: TestContext, directory: string, file: string): boolean {
  if (process.getuid?.() !== 0) {
    chmodSync(file, 0o444);
    chmodSync(directory, 0o555);
    t.after(() => chmodSync(directory, 0o755));
    return true;
  }
  try {
    execFileSync('mount', ['--bind', '-o', 'ro', directory, directory], { stdio: 'ignore' });
  } catch {
    return false;
  }
  t.after(() => execFileSync('umount', ['-l', directory]));
  return true;
}

describe('SQLite in trouble', () => {
  test('a URL that names no database', async () => {
    await assert.rejects(openResults('mysql://localhost/x'), refusal('bad-url', 'sqlite:FILE'));
  });

  test('a file that is no database', async () => {
    const file = join(folder, 'text.sqlite');
    writeFileSync(file, 'these are not the bytes you are looking for'.repeat(100));
    await assert.rejects(openResults(`sqlite:${file}`), refusal('corrupt', 'text.sqlite is not a results database'));
  });

  test('a folder in place of the file', async () => {
    const file = join(folder, 'folder.sqlite');
    mkdirSync(file);
    await assert.rejects(openResults(`sqlite:${file}`), refusal('not-found', 'folder.sqlite cannot be opened'));
  });

  test('a folder that cannot be made', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const url = `sqlite:${join(file, 'results.sqlite')}`;
    await assert.rejects(openResults(url), refusal('not-found', 'The folder .*a-file cannot be made \\(EEXIST\\)'));
  });

  test('damaged pages', async () => {
    const file = join(folder, 'damaged.sqlite');
    await filled(file, 2000);
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(statSync(file).size - 4096, 0x5a), 0, undefined, 4096);
    closeSync(handle);
    await assert.rejects(
      openResults(`sqlite:${file}`).then((store) => store.rows('damping')),
      refusal('corrupt', 'damaged.sqlite is damaged'),
    );
  });

  test('a schema from the future', async () => {
    const file = join(folder, 'newer.sqlite');
    await filled(file, 1);
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(file);
    database.exec("insert into kysely_migration values ('9999-holograms', '2099-01-01')");
    database.close();
    await assert.rejects(openResults(`sqlite:${file}`), refusal('newer-schema', '9999-holograms.*update natsweep'));
  });

  test('a lock that another process does not let go of', async (t) => {
    const file = join(folder, 'locked.sqlite');
    await filled(file, 1);
    const holder = await fixture(
      t,
      `import { DatabaseSync } from 'node:sqlite';
       new DatabaseSync(${JSON.stringify(file)}).exec('begin immediate');
       console.log('ready');
       process.stdin.resume();`,
    );
    const store = await openResults(`sqlite:${file}`, { lockTimeoutMs: 50 });
    await assert.rejects(store.record(syntheticRecords('damping', 2)), refusal('locked', 'locked.sqlite is locked'));
    assert.equal((await store.rows('damping')).length, 1);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    assert.equal((await store.record(syntheticRecords('damping', 2))).inserted, 1);
    await store.close();
  });

  test('a full disk keeps nothing of the transaction, and everything of those before', async (t) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return t.skip('mounting a small disk needs root');
    }
    t.after(() => execFileSync('umount', ['-l', disk]));
    const store = await openResults(`sqlite:${join(disk, 'small.sqlite')}`);
    await store.createSweep(syntheticSweep('damping', 1e6));
    const records = syntheticRecords('damping', 20_000);
    let kept = 0;
    await assert.rejects(
      async () => {
        for (; kept < records.length; kept += 100) await store.record(records.slice(kept, kept + 100));
      },
      refusal('full', 'No space left on the disk of .*small.sqlite'),
    );
    assert.ok(kept > 0);
    const { observed, failed } = await store.counts('damping');
    assert.equal(observed + failed, kept);
    assert.equal((await store.rows('damping')).length, kept);
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    assert.equal((await store.record(records.slice(0, kept + 100))).inserted, 100);
    await store.close();
  });

  test('a file that may only be read is read, and says that it cannot be written', async (t) => {
    const readOnly = join(folder, 'read-only?#%');
    mkdirSync(readOnly);
    const file = join(readOnly, 'results.sqlite');
    await filled(file, 30);
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(file);
    // as among so many that another thread reads half of them
    database.exec('update trials_1 set id = 20000 * id; update details_1 set id = 20000 * id');
    database.close();
    if (!makeReadOnly(t, readOnly, file)) return t.skip(cannotMount);
    const store = await openResults(`sqlite:${file}`);
    assert.equal((await store.rows('damping')).length, 30);
    const [all] = await store.groups('damping', [], []);
    assert.equal(all!.count, 30);
    const write = store.setSweepState('damping', 'paused');
    await assert.rejects(write, refusal('read-only', 'results.sqlite cannot be written'));
    await store.close();
    const reader = await openResults(`sqlite:${file}`, { readOnly: true });
    assert.equal((await reader.rows('damping')).length, 30);
    await reader.close();
  });

  test('a file that may only be read while its newest records are beside it is refused', async (t) => {
    const written = join(folder, 'written.sqlite');
    const writer = await openResults(`sqlite:${written}`);
    t.after(() => writer.close());
    await writer.createSweep(syntheticSweep('damping', 30));
    const readOnly = join(folder, 'read-only-live');
    mkdirSync(readOnly);
    const file = join(readOnly, 'results.sqlite');
    for (const end of ['', '-wal']) copyFileSync(`${written}${end}`, `${file}${end}`);
    if (!makeReadOnly(t, readOnly, file)) return t.skip(cannotMount);
    const opened = openResults(`sqlite:${file}`);
    await assert.rejects(opened, refusal('read-only', 'results.sqlite-wal and cannot be read here: copy both'));
  });

  test('kill -9 loses no batch that was reported as recorded, and leaves no half of one', async (t) => {
    const file = join(folder, 'killed.sqlite');
    const writer = await fixture(
      t,
      `import { openResults } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
       import { syntheticRecord, syntheticSweep } from ${JSON.stringify(import.meta.resolve('./testing/index.ts'))};
       const store = await openResults(${JSON.stringify(`sqlite:${file}`)});
       await store.createSweep(syntheticSweep('damping', 1e6));
       process.stdout.write('ready\\n');
       for (let first = 0; ; first += 32) {
         await store.record(Array.from({ length: 32 }, (_, place) => syntheticRecord('damping', first + place)));
         process.stdout.write(first + 32 + '\\n');
       }`,
    );
    let acknowledged = 0;
    for await (const line of createInterface({ input: writer.stdout! })) {
      acknowledged = Number(line);
      if (acknowledged > 4000) writer.kill('SIGKILL');
    }
    const store = await openResults(`sqlite:${file}`);
    const rows = await store.rows('damping');
    assert.ok(rows.length >= acknowledged, `${rows.length} recorded, ${acknowledged} acknowledged`);
    assert.equal(rows.length % 32, 0);
    const { observed, failed } = await store.counts('damping');
    assert.equal(observed + failed, rows.length);
    await store.close();
  });
});
