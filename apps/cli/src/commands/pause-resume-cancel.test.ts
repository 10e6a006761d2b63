import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PlantedHome } from '../../testing/planted-home.ts';

test('of a sweep that has ended, nothing is promised that cancelling its trials would refuse', async (t) => {
  const home = new PlantedHome(t);
  const yaml = 'name: ended\nexperiment: diagnostic\naxes: { point: [1, 2] }\n';
  await home.plant(
    yaml,
    () => ({ metrics: {} }),
    (store) => store.setSweepState('ended', 'completed'),
  );
  for (const selection of [[], ['--where', 'point=1']]) {
    const { code, out, err } = await home.natsweep('cancel', 'ended', ...selection, '--dry-run');
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /ended is completed: there is nothing to cancel\./);
  }
});
