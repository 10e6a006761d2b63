import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openResults } from '@natsweep/results';
import { syntheticRecords, syntheticSweep } from '@natsweep/results/testing';
import fc from 'fast-check';

import { readEnvironment } from './environment.ts';
import { runCommandLine } from './program.ts';
import { loadSweep } from './sweep-source.ts';
import { createTerminal } from './terminal/terminal.ts';

const commands = [
  'plan',
  'launch',
  'status',
  'results',
  'verify',
  'compare',
  'diff',
  'set',
  'pause',
  'cancel',
  'retry',
];
const word = fc.oneof(
  fc.constantFrom(
    ...['damping', 'nowhere', '../../etc/passwd', '/dev/zero', '.', '', '-', '--', '__proto__', 'constructor', '*'],
    ...[
      '--where',
      '--sort',
      '--by',
      '--limit',
      '--page',
      '--json',
      '--csv',
      '--jsonl',
      '--failed',
      '--metric',
      '--help',
    ],
    ...[
      '--dry-run',
      '--size',
      '--name',
      '--priority',
      '--weight',
      '--slots',
      '--watch=x',
      'priority',
      'slots',
      'weight',
    ],
    ...[
      'damping=1',
      'damping > 1 && width',
      'depth in [3',
      "x == '",
      'width=1e999',
      '-value',
      '1e9',
      '-1',
      'NaN',
      '0x10',
    ],
    ...["'; drop table sweeps; --", 'value) from trials_1; --', '$(reboot)', '`reboot`', '%s%n', '\u001b[2J', 'é'],
  ),
  // an argument of a process cannot hold a NUL
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\u0000', '')),
);

test('any arguments end in an answer or in one that says what is wrong with them (1,500 cases)', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-arguments-'));
  const before = process.cwd();
  process.chdir(folder);
  t.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  const environment = readEnvironment({ NATSWEEP_HOME: folder });
  const store = await openResults(environment.databaseUrl);
  const { spec } = loadSweep('karakida-fig3', { name: 'damping' });
  await store.createSweep({
    ...syntheticSweep('damping', 20),
    experiment: spec.experiment,
    spec: JSON.stringify(spec),
  });
  await store.record(syntheticRecords('damping', 20));
  await store.close();
  let runs = 0;
  const line = fc.tuple(fc.constantFrom(...commands), fc.array(word, { maxLength: 5 }));
  await fc.assert(
    fc.asyncProperty(line, async ([command, rest]) => {
      let said = '';
      const stderr = { write: (text: string) => ((said += text), true) };
      const terminal = createTerminal({ write: () => true } as never, stderr as never, {});
      const code = await runCommandLine([command, ...rest], { terminal, environment });
      assert.ok([0, 1, 2, 3].includes(code), `${code}`);
      assert.doesNotMatch(said, /fault of natsweep/);
      runs += 1;
    }),
    { numRuns: 1500 },
  );
  assert.ok(runs >= 1500, `${runs} cases`);
  // nothing that was asked for in passing has changed what was recorded
  const after = await openResults(environment.databaseUrl);
  assert.equal((await after.counts('damping')).observed + (await after.counts('damping')).failed, 20);
  await after.close();
});
