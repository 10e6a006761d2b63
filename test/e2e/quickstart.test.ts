import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Home } from './home.ts';

interface QuickstartFacts {
  readonly sweep: string;
  readonly planned: number;
  readonly observed: number;
  readonly claims: readonly { readonly status: string }[];
  readonly files: readonly string[];
}

test('quickstart runs from nothing to table, verdicts and picture, and again without running anything', async (t) => {
  const home = new Home(t);
  const first = await home.natsweep('quickstart', '--size', 'smallest');
  assert.equal(first.code, 0, first.stderr);
  const [, recorded, planned] = /completed: (\d+) of (\d+) trials recorded/.exec(first.stderr) ?? [];
  assert.ok(recorded !== undefined && recorded === planned, first.stderr);
  for (const approximation of ['gradient-descent', 'exact', 'block-diagonal', 'block-tridiagonal', 'kfac']) {
    assert.match(first.stdout, new RegExp(`^${approximation} `, 'm'));
  }
  assert.match(first.stdout, /(reproduced|undecided) +Karakida & Osawa 2020/);
  const folder = home.path('.natsweep', 'reports', 'quickstart-smallest');
  assert.match(first.stdout, new RegExp(`^Files in ${folder}$`, 'm'));
  for (const file of ['.html', '.md', '-training-curves.svg', '-training-curves.png']) {
    assert.ok(statSync(join(folder, `quickstart-smallest${file}`)).size > 1000, file);
  }
  assert.equal(home.has('.natsweep', 'stack.json'), false);

  const second = await home.natsweep('quickstart', '--size', 'smallest');
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, new RegExp(`^All ${planned} trials of quickstart-smallest are recorded already`));
  assert.equal(second.stdout, first.stdout);

  await t.test('as JSON: one document, and nothing else, on standard output', async () => {
    const { code, stdout } = await home.natsweep('quickstart', '--size', 'smallest', '--json');
    assert.equal(code, 0);
    const { sweep, planned: count, observed, claims, files } = JSON.parse(stdout) as QuickstartFacts;
    assert.deepEqual([sweep, String(count), observed], ['quickstart-smallest', planned, count]);
    assert.ok(claims.some(({ status }) => status === 'reproduced'));
    for (const file of files) assert.ok(statSync(file).size > 0, file);
  });
});
