import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PlantedHome } from '../testing/planted-home.ts';

test('what is wrong with a line is said with the command whose help tells more', async (t) => {
  const home = new PlantedHome(t);
  const lines: readonly (readonly [line: readonly string[], err: RegExp])[] = [
    [['cancel'], /missing required argument 'sweep'\n"natsweep cancel --help" shows/],
    [['diff'], /missing required argument 'file\|name'\n"natsweep diff --help" shows/],
    [
      ['set', 'priority', 'a', '101'],
      /^natsweep: <value> 101: give a whole number from 0 to 100\.\n"natsweep set priority --help" shows/,
    ],
    [
      ['retry', 'a', '--trial', 'x'],
      /^natsweep: --trial x: give a trial id or its beginning, such as t3f09c1.*\n"natsweep retry --help" shows/,
    ],
    [['pause', ''], /There is no sweep named ""\.\n$/],
    [['help', 'cancle'], /^natsweep: unknown command 'cancle': did you mean cancel\?\n/],
    [['cancle', '--help'], /^natsweep: unknown command 'cancle': did you mean cancel\?\n/],
    [['launch', '--dryrun', 'a'], /^natsweep: unknown option '--dryrun': did you mean --dry-run\?\n/],
    [['up', '--engine', 'gpu'], /^natsweep: --engine gpu: allowed choices are auto, openblas, tfjs, reference\.\n/],
    [['completion', 'tcsh'], /^natsweep: <shell> tcsh: allowed choices are bash, zsh, fish\.\n/],
    [['launch', 'quickstart', '--name', 'A b', '--dry-run'], /^natsweep: --name A b: a name starts with a lower-case/],
  ];
  for (const [line, err] of lines) {
    const said = await home.natsweep(...line);
    assert.deepEqual([said.code, said.out], [2, ''], line.join(' '));
    assert.match(said.err, err);
  }
});

test('the help fits 80 columns', async (t) => {
  const home = new PlantedHome(t);
  const { out } = await home.natsweep('--help');
  const environment = out.slice(out.indexOf('Environment:'));
  for (const line of environment.split('\n')) assert.ok(line.length <= 80, line);
});
