import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
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
after(() => rmSync(folder, { recursive: true }));
