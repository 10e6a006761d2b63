import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PlantedHome } from '../../testing/planted-home.ts';

test('after an update, commands that come before the first stack do without the database of the older natsweep', async (t) => {
  const home = new PlantedHome(t);
  home.plantEarlier();

  const doctor = await home.natsweep('doctor', '--json');
  const checks = JSON.parse(doctor.out) as readonly { name: string; status: string; found: string }[];
  const database = checks.find(({ name }) => name === 'database')!;
  assert.equal(database.status, 'ok');
  assert.match(database.found, /of an older natsweep, brought up to date by the next "natsweep up"/);

  const plan = await home.natsweep('plan', 'quickstart');
  assert.equal(plan.code, 0, plan.err);
  assert.match(plan.err, /What trials cost was not looked up: .* older natsweep/);
  assert.match(plan.err, /quickstart: \d+ trials/);

  const reproduce = await home.natsweep('reproduce', '--only', 'quickstart', '--dry-run');
  assert.equal(reproduce.code, 0, reproduce.err);
  assert.match(reproduce.out, /^would run quickstart: \d+ trials$/m);
  assert.match(reproduce.err, /What is recorded here is not known before a stack has brought the database up to date/);
});
