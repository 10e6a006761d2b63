import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { imageData } from './data-folder.ts';

test('a data set is missing until all its files lie in the folder that NATSWEEP_DATA names', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'natsweep-data-'));
  t.after(() => rmSync(data, { recursive: true }));
  const missing = (env: NodeJS.ProcessEnv): string | undefined =>
    imageData(env).find(({ name }) => name === 'cifar10')?.missing?.fix;
  assert.match(missing({})!, /set NATSWEEP_DATA to the folder that holds it/);
  assert.match(missing({ NATSWEEP_DATA: data })!, new RegExp(`into ${data}/cifar10$`));
  mkdirSync(join(data, 'cifar10'));
  for (const file of [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`).concat('test_batch.bin'))
    writeFileSync(join(data, 'cifar10', file), '');
  assert.equal(missing({ NATSWEEP_DATA: data }), undefined);
});
