import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PlantedHome } from '../../testing/planted-home.ts';

const yaml = 'name: planted\nexperiment: diagnostic\naxes: { point: [1, 2] }\nfixed: { traceLength: 3 }\n';

test('a trial is shown with its parameters, every attempt with the end of its log, metrics, and traces as plots', async (t) => {
  const home = new PlantedHome(t);
  let id = '';
  await home.plant(
    yaml,
    (trial) => {
      if (trial.index === 0) id = trial.trialId;
      return { metrics: { value: trial.index }, traces: { ramp: [0, 1, 2, null, 4] } };
    },
    (store) =>
      store.recordAttempts([
        {
          sweep: 'planted',
          trialId: id,
          failure: 'crash',
          message: 'the process ended by SIGSEGV',
          logTail: 'loading\nSegmentation fault\n',
          attempt: { attempt: 0, worker: 'w', slot: 'cpu-0', startedAtMs: 0, elapsedSeconds: 2 },
        },
      ]),
  );
  const { code, out } = await home.natsweep('trial', 'show', id.slice(0, 12));
  assert.equal(code, 0);
  assert.match(out, new RegExp(`^trial +${id}$`, 'm'));
  assert.match(out, /^parameters +.*point=\d/m);
  assert.match(out, /^attempt +0, on w \(cpu-0\), .* took 2 s: crash, the process ended by SIGSEGV$/m);
  assert.match(out, /^end of log +loading\n +Segmentation fault$/m);
  assert.match(out, /^attempt +1, on worker-0 \(cpu-0\)/m);
  assert.match(out, /^metrics +value +0$/m);
  assert.match(out, /^traces +ramp +▁▃▅×█ +0 → 4$/m);
});

test('a failed trial says why, and shows its log once', async (t) => {
  const home = new PlantedHome(t);
  let id = '';
  await home.plant(yaml, (trial) => {
    id = trial.trialId;
    return 'out of cheese';
  });
  const { out } = await home.natsweep('trial', 'show', id);
  assert.match(out, /^failed +crash: out of cheese$/m);
  assert.doesNotMatch(out, /metrics|traces/);
});

test('an id that fits nothing is bad input', async (t) => {
  const home = new PlantedHome(t);
  await home.plant(yaml, () => undefined);
  const { code, err } = await home.natsweep('trial', 'show', 'tffff');
  assert.equal(code, 2);
  assert.match(err, /No trial of any sweep has an id that begins with tffff/);
  const elsewhere = await home.natsweep('trial', 'show', 'tffff', '--sweep', 'planed');
  assert.equal(elsewhere.code, 2);
  assert.match(elsewhere.err, /There is no sweep named planed; did you mean planted\?/);
});
