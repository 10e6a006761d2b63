import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { dashboards, fileText } from './all.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

test('the JSON files are what the code generates (else: npm run generate -w @natsweep/dashboards)', () => {
  for (const [file, dashboard] of Object.entries(dashboards)) {
    assert.equal(readFileSync(`${folder}/${file}`, 'utf8'), fileText(dashboard), file);
  }
});

test('there is no JSON file without code', () => {
  const files = globSync('*.json', { cwd: folder }).filter((file) => file !== 'package.json');
  assert.deepEqual(files.sort(), Object.keys(dashboards).sort());
});
