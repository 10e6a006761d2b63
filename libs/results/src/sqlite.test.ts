import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { runConformance } from './testing/conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'natsweep-results-'));
let files = 0;
runConformance('SQLite', () => Promise.resolve(`sqlite:${join(folder, `${files++}.sqlite`)}`));
after(() => rmSync(folder, { recursive: true }));
