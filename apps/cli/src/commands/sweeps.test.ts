import assert from 'node:assert/strict';
import { test } from 'node:test';

import { estimatedSeconds, namedSweeps } from '@natsweep/catalogue';

import { PlantedHome } from '../../testing/planted-home.ts';

interface Listed {
  readonly name: string;
  readonly source: string;
  readonly sizes: readonly {
    readonly size: string;
    readonly trials: number;
    readonly estimatedSeconds: number | null;
    readonly measured: Parameters<typeof estimatedSeconds>[0] | null;
  }[];
}

test('every named sweep is listed with its source, its trials and the time of each size, or that it was not measured', async (t) => {
  const home = new PlantedHome(t);
  const { code, out } = await home.natsweep('sweeps');
  assert.equal(code, 0);
  const lines = out.split('\n');
  const listed = JSON.parse((await home.natsweep('sweeps', '--json', '--slots', '3')).out) as readonly Listed[];
  assert.deepEqual(
    listed.map(({ name }) => name),
    namedSweeps(),
  );
  for (const { name, source, sizes } of listed) {
    assert.match(source, /20\d\d, /);
    assert.deepEqual(
      sizes.map(({ size }) => size),
      ['small', 'paper'],
    );
    const line = lines.find((candidate) => candidate.startsWith(`${name} `))!;
    for (const { trials, measured, estimatedSeconds: seconds } of sizes) {
      assert.ok(trials > 0);
      assert.ok(line.includes(trials.toLocaleString('en-US')), line);
      assert.equal(seconds, measured === null ? null : estimatedSeconds(measured, 3));
      if (measured === null) assert.match(line, /\?/);
    }
  }
});

test('one sweep is shown with what it asks and all its sizes; an unknown one is answered with the nearest', async (t) => {
  const home = new PlantedHome(t);
  const { out } = await home.natsweep('sweeps', 'karakida-fig3');
  assert.match(out, /condition number/);
  for (const size of ['smallest', 'small', 'paper']) assert.match(out, new RegExp(`^${size} +\\d+ `, 'm'));
  const { code, err } = await home.natsweep('sweeps', 'karakida-fig33');
  assert.equal(code, 2);
  assert.match(err, /did you mean karakida-fig3\?/);
});
