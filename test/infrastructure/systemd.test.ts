import assert from 'node:assert/strict';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';

import { missing, root, run } from './tools.ts';

const units = globSync('infra/systemd/*.service', { cwd: root });

test('systemd accepts the units', (t) => {
  const reason = missing('systemd-analyze', 'systemd');
  if (reason !== undefined) return t.skip(reason);
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-units-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const unit of units) {
    // verify demands that the program exists, and a template must be instantiated
    const copy = join(folder, basename(unit).replace('@.', '@cpu.'));
    cpSync(resolve(root, unit), copy);
    writeFileSync(copy, readFileSync(copy, 'utf8').replaceAll('/opt/natsweep', root));
    const { status, output } = run('systemd-analyze', ['verify', '--man=no', copy]);
    assert.equal(output, '', unit);
    assert.equal(status, 0, unit);
  }
});

test('units start apps that exist, as an ordinary user, and stop no earlier than a worker drains', () => {
  assert.equal(units.length, 3);
  for (const unit of units) {
    const text = readFileSync(resolve(root, unit), 'utf8');
    const app = /^ExecStart=\/opt\/natsweep\/node_modules\/\.bin\/node (apps\/\w+\/src\/main\.ts)/m.exec(text)?.[1];
    assert.ok(app !== undefined && readFileSync(resolve(root, app), 'utf8').length > 0, unit);
    assert.match(text, /^User=natsweep$/m);
    assert.match(text, /^NoNewPrivileges=yes$/m);
  }
  const worker = readFileSync(resolve(root, 'infra/systemd/natsweep-worker@.service'), 'utf8');
  const drainSeconds = Number(/default (\d+)\)$/m.exec(workerHelp('--drain'))?.[1]);
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(worker)?.[1]) > drainSeconds + 10, `${drainSeconds}`);
});

function workerHelp(flag: string): string {
  const help = run(process.execPath, ['apps/worker/src/main.ts', '--help']).stdout;
  return help.split('\n').find((line) => line.trim().startsWith(flag)) ?? '';
}
