import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Home } from './home.ts';

/** A sweep file with one thing wrong, and the one message that must say so. */
const wrongFiles: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ['invalid YAML', 'name: s\nexperiment: [', /^natsweep: wrong\.yaml:2:\d+: /],
  [
    'an unknown key',
    'name: s\nexperiment: wide-training\naxis: { depth: [3] }\n',
    /wrong\.yaml:3:1: axis: .*did you mean axes\?$/,
  ],
  [
    'an ill-typed key',
    'name: s\nexperiment: wide-training\naxes: { depth: [3] }\nrepeats: many\n',
    /wrong\.yaml:4:10: repeats: .*number/,
  ],
  [
    'an unknown experiment',
    'name: s\nexperiment: wide-trainig\naxes: { depth: [3] }\n',
    /wrong\.yaml:2:13: experiment: .*did you mean wide-training\?$/,
  ],
  ['an unknown axis', axes('dampng: [0]'), /wrong\.yaml:4:3: axes\.dampng: .*did you mean damping\?$/],
  ['an ill-typed axis', axes('depth: [deep]'), /wrong\.yaml:4:11: axes\.depth\[0\]: .*number/],
  ['an empty axis', axes('depth: []'), /wrong\.yaml:4:10: axes\.depth: .*at least one value/],
  ['a damping that is not finite', axes('damping: [.nan]'), /wrong\.yaml:4:13: axes\.damping\[0\]: .*finite/],
  ['a negative damping', axes('damping: [-1]'), /wrong\.yaml:4:13: axes\.damping\[0\]: .*at least 0/],
  ['a width of 0', axes('width: [0]'), /wrong\.yaml:4:11: axes\.width\[0\]: .*at least 1/],
  [
    'an unknown approximation',
    axes('approximation: [kfca]'),
    /wrong\.yaml:4:19: axes\.approximation\[0\]: .*did you mean kfac\?$/,
  ],
];

function axes(line: string): string {
  return `name: s\nexperiment: wide-training\naxes:\n  ${line}\n`;
}

test('every wrong sweep file gets one message with file, line, key and the nearest valid key, and exit code 2', async (t) => {
  const home = new Home(t);
  for (const [what, text, message] of wrongFiles) {
    const { code, stdout, stderr } = await home.natsweep('launch', home.write('wrong.yaml', text));
    const lines = stderr.trimEnd().split('\n');
    assert.equal(code, 2, what);
    assert.equal(stdout, '', what);
    assert.equal(lines.length, 1, `${what}: ${stderr}`);
    assert.match(lines[0]!, message, what);
  }
  // refused before anything is looked for or created: no home, no queue
  assert.equal(home.has('.natsweep'), false);
});

test('a file that is not there, and a folder, are bad input', async (t) => {
  const home = new Home(t);
  const missing = await home.natsweep('launch', 'missing.yaml');
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /^natsweep: missing\.yaml: there is no such file/);
  const near = await home.natsweep('launch', 'quikstart');
  assert.equal(near.code, 2);
  assert.match(near.stderr, /did you mean quickstart\?\n$/);
  const folder = await home.natsweep('launch', '.');
  assert.equal(folder.code, 2);
  assert.match(folder.stderr, /^natsweep: \.: not a file/);
});

test('commands and options that do not exist are bad input, with the nearest that does', async (t) => {
  const home = new Home(t);
  const command = await home.natsweep('luanch', 'quickstart');
  assert.equal(command.code, 2);
  assert.match(command.stderr, /unknown command .luanch.: did you mean launch\?/);
  const option = await home.natsweep('launch', 'quickstart', '--size', 'huge');
  assert.equal(option.code, 2);
  assert.match(option.stderr, /--size huge: allowed choices are smallest, small, paper/);
});

test('without a stack launch says how to start one, and queues nothing', async (t) => {
  const home = new Home(t);
  const sweep = home.write('sweep.yaml', 'name: s\nexperiment: diagnostic\naxes: { point: [1, 2] }\n');
  const { code, stderr } = await home.natsweep('launch', sweep);
  assert.equal(code, 3);
  assert.match(stderr, /run "natsweep up"/);
  const shared = await home.natsweepWith({ REDIS_URL: 'redis://127.0.0.1:1' }, 'launch', sweep);
  assert.equal(shared.code, 3);
  assert.equal(shared.stderr.trimEnd().split('\n').length, 1);
  assert.match(shared.stderr, /127\.0\.0\.1:1 .*correct REDIS_URL/);
});

test('--dry-run counts exactly, shows the first trials and needs no stack', async (t) => {
  const home = new Home(t);
  const sweep = home.write(
    'sweep.yaml',
    'name: s\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: 10 } }, group: [0, 1] }\nwhere: "point != group"\nrepeats: 3\n',
  );
  const { code, stdout } = await home.natsweep('launch', sweep, '--dry-run', '--json');
  const plan = JSON.parse(stdout) as { trials: number; excluded: number; first: { index: number }[] };
  assert.equal(code, 0);
  assert.equal(plan.trials, (10 * 2 - 1) * 3);
  assert.equal(plan.excluded, 3);
  assert.deepEqual(
    plan.first.map(({ index }) => index),
    [0, 1, 2, 3, 4],
  );
  assert.equal(home.has('.natsweep'), false);
});

test('a home that cannot be made is named at once, whatever the file system says', async (t) => {
  const home = new Home(t);
  for (const place of ['/proc/natsweep', '/dev/null/natsweep']) {
    for (const args of [['up', '--no-metrics'], ['up', '--detach'], ['quickstart']]) {
      const { code, stderr } = await home.natsweepWith({ NATSWEEP_HOME: place }, ...args);
      assert.equal(code, 3, stderr);
      assert.match(
        stderr,
        new RegExp(`natsweep: The folder ${place}/logs cannot be made \\(E[A-Z]+\\): name another place`),
      );
    }
  }
});
