import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PlantedHome } from '../testing/planted-home.ts';

test('what is wrong with a line is said with the command whose help tells more', async (t) => {
  const home = new PlantedHome(t);
  const lines: readonly (readonly [line: readonly string[], err: RegExp])[] = [
    [['cancel'], /missing required argument 'sweep'\n"natsweep cancel --help" shows/],
    [['diff'], /missing required argument 'file\|name'\n"natsweep diff --help" shows/],
    [['set', 'priority', 'a', '101'], /Give a whole number from 0 to 100\.\n"natsweep set priority --help" shows/],
    [
      ['retry', 'a', '--trial', 'x'],
      /Give a trial id or its beginning, such as t3f09c1.*\n"natsweep retry --help" shows/,
    ],
    [['pause', ''], /There is no sweep named ""\.\n$/],
    [['help', 'cancle'], /unknown command 'cancle'\n\(Did you mean cancel\?\)/],
    [['cancle', '--help'], /unknown command 'cancle'\n\(Did you mean cancel\?\)/],
    [['launch', 'quickstart', '--name', 'A b', '--dry-run'], /^natsweep: --name A b: a name starts with a lower-case/],
  ];
  for (const [line, err] of lines) {
    const said = await home.natsweep(...line);
    assert.deepEqual([said.code, said.out], [2, ''], line.join(' '));
    assert.match(said.err, err);
  }
});
