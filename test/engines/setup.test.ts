/**
 * `natsweep setup tensorflow` as people run it: interrupted in the middle, killed, and brought to its end, in a cache folder of
 * the test's own, with the real pip, npm and g++.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findTensorflow } from '@natsweep/linalg-tfjs';

const launcher = fileURLToPath(new URL('../../apps/cli/bin/natsweep.mjs', import.meta.url));
const tensorflow = findTensorflow();
/** Where it could not be fetched once, it is not tried here again. */
const skip = tensorflow.found ? false : `${tensorflow.reason}. ${tensorflow.fix}`;

/** Runs a command, and `act` on the process when it prints a line that matches. */
async function natsweep(
  args: readonly string[],
  { directory, at, act }: { directory: string; at?: RegExp; act?: (pid: number) => void },
) {
  const env = { ...process.env, NATSWEEP_TENSORFLOW_DIR: directory, NATSWEEP_HOME: join(directory, '..', 'home') };
  const child = spawn(process.execPath, [launcher, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (at?.test(line) === true) act?.(child.pid!);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines };
}

test(
  'a set-up that is interrupted leaves nothing; one that ends says version and device; doctor finds it',
  { skip },
  async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'natsweep-engines-'));
    t.after(() => rmSync(root, { recursive: true, force: true }));
    const directory = join(root, 'tensorflow');
    const interrupted = await natsweep(['setup', 'tensorflow'], {
      directory,
      at: /^compiling/,
      act: (pid) => process.kill(pid, 'SIGINT'),
    });
    assert.equal(interrupted.code, 130, interrupted.lines.join('\n'));
    assert.match(interrupted.lines.at(-1)!, /^natsweep: TensorFlow was not set up: interrupted; nothing was changed$/);
    assert.deepEqual(readdirSync(root), []);

    const done = await natsweep(['setup', 'tensorflow'], { directory });
    assert.equal(done.code, 0, done.lines.join('\n'));
    assert.match(done.lines.at(-1)!, /^TensorFlow \d+\.\d+\.\d+ works on .+; it is in /);
    assert.deepEqual(readdirSync(root), ['tensorflow']);

    const doctor = await natsweep(['doctor'], { directory });
    assert.ok(
      doctor.lines.some((line) => line.includes('engine tfjs') && line.includes(directory)),
      doctor.lines.join('\n'),
    );
  },
);

test('a set-up that cannot fetch anything is one sentence and exit code 3', { skip }, async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'natsweep-engines-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const path = process.env['PATH'];
  process.env['PATH'] = root;
  const { code, lines } = await natsweep(['setup', 'tensorflow'], { directory: join(root, 'tensorflow') }).finally(
    () => (process.env['PATH'] = path),
  );
  assert.equal(code, 3);
  assert.deepEqual(lines, [
    'natsweep: TensorFlow was not set up: g++ is not installed; it is needed to set TensorFlow up',
  ]);
});
