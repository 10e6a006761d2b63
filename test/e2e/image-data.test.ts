import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { Home } from './home.ts';

const sweep = `name: photographs
experiment: kernel-prediction
axes: { dataset: [mnist, cifar10] }
fixed: { samples: 8, testSamples: 4, width: 16 }
`;

/** A CIFAR-10 with four samples in each of its files, labels 0, 7, 0, 7, no two images alike. */
function writeCifar10(folder: string): void {
  mkdirSync(folder);
  for (const [file, name] of [
    'test_batch',
    'data_batch_1',
    'data_batch_2',
    'data_batch_3',
    'data_batch_4',
    'data_batch_5',
  ].entries())
    writeFileSync(
      `${folder}/${name}.bin`,
      Buffer.concat(
        [0, 7, 0, 7].map((label, n) =>
          Buffer.from([label, ...Array.from({ length: 3072 }, (_, i) => ((4 * file + n + 3) * (i + 1) * 37) % 251)]),
        ),
      ),
    );
}

test('a data set that a worker lacks is refused before anything is queued, fails as data when forced, and runs once it is there', async (t) => {
  const home = new Home(t);
  mkdirSync(home.path('data'));
  const up = await home.natsweepWith({ NATSWEEP_DATA: 'data' }, 'up', '--detach', '--slots', '1', '--no-metrics');
  assert.equal(up.code, 0, up.stderr);
  home.write('sweep.yaml', sweep);
  const fix = new RegExp(
    `worker \\S+: cifar10 is not on this machine: put data_batch_1\\.bin .* into ${home.path('data', 'cifar10')}\\n`,
  );

  for (const flags of [[], ['--dry-run']]) {
    const refused = await home.natsweep('launch', 'sweep.yaml', ...flags);
    assert.deepEqual([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, fix);
    assert.match(refused.stderr, /NATSWEEP_DATA.*--no-data-check/);
  }
  assert.equal((await home.natsweep('status', 'photographs')).code, 2);

  const forced = await home.natsweep('launch', 'sweep.yaml', '--no-data-check', '--watch');
  assert.match(forced.stdout, /2 of 2 trials recorded; 1 converged; 1 failed \(1 data\)/, forced.stderr);
  const failed = await home.natsweep('results', 'photographs', '--failed', '--json');
  assert.match(failed.stdout, /"failure": ?"data"/);
  assert.match(failed.stdout, /cifar10 is not on this machine: put /);

  const applied = await home.natsweep('apply', home.write('sweep.yaml', `${sweep}repeats: 2\n`));
  assert.equal(applied.code, 2);
  assert.match(applied.stderr, fix);

  writeCifar10(home.path('data', 'cifar10'));
  assert.equal((await home.natsweep('retry', 'photographs', '--failure', 'data')).code, 0);
  const again = await home.natsweep('watch', 'photographs');
  assert.match(again.stdout, /2 of 2 trials recorded; 2 converged\./, again.stderr);
  const doctor = await home.natsweepWith({ NATSWEEP_DATA: 'data' }, 'doctor');
  assert.match(doctor.stdout, /✓ data cifar10 +its files are here/);
  assert.match((await home.natsweep('doctor')).stdout, /- data cifar10 +cifar10 is not on this machine\n.*→ put /);
});
