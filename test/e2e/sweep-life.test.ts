import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { Home } from './home.ts';

interface Recorded {
  readonly index: number;
  readonly trialId: string;
  readonly outcome: string | null;
  readonly value: number | null;
  readonly attempts: number;
}

async function recorded(home: Home, sweep: string): Promise<readonly Recorded[]> {
  const { code, stdout, stderr } = await home.natsweep('results', sweep, '--json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as readonly Recorded[];
}

async function assertEachOnce(home: Home, sweep: string, planned: number): Promise<void> {
  const trials = await recorded(home, sweep);
  assert.deepEqual(
    trials.map(({ index }) => index),
    Array.from({ length: planned }, (_, index) => index),
  );
  assert.equal(new Set(trials.map(({ trialId }) => trialId)).size, planned);
  const { code, stdout } = await home.natsweep('verify', sweep);
  assert.equal(code, 0, stdout);
  assert.equal(
    stdout,
    `✓ ${sweep}: ${planned} planned, ${planned} recorded, 0 missing, 0 duplicate, 0 misplaced, 0 damaged.\n`,
  );
}

/** A zombie, which waits for a parent that does not look, is not alive. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

/** The trial processes of the stack's worker. */
function trialProcesses(home: Home): readonly number[] {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(home.stack().worker)], {
    encoding: 'utf8',
  });
  return children
    .split('\n')
    .filter((line) => line.includes('trial-process'))
    .map((line) => Number.parseInt(line, 10));
}

const short = 'name: short\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: 40 } }, group: [0, 1] }\n';
const long =
  'name: long\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: 80 } } }\nfixed: { durationMs: 100 }\n';

test('a sweep from launch to results, and what the command says on the way', async (t) => {
  const home = new Home(t);
  const up = home.start('up', '--slots', '2', '--no-metrics');
  await up.until(/Ready: 2 slots/);

  await t.test('launch queues it and watch follows it to its end', async () => {
    const launched = await home.natsweep('launch', home.write('short.yaml', short), '--watch');
    assert.equal(launched.code, 0, launched.stderr);
    assert.match(launched.stdout, /short completed: 80 of 80 trials recorded; 80 converged/);
    await assertEachOnce(home, 'short', 80);
  });

  await t.test('a name that is taken is refused', async () => {
    const again = await home.natsweep('launch', 'short.yaml');
    assert.equal(again.code, 2, again.stderr);
    assert.match(
      again.stderr,
      /^natsweep: There is a sweep named "short" already .*--name, or change it with "natsweep apply"\.\n$/,
    );
    const renamed = await home.natsweep('launch', 'short.yaml', '--name', 'second', '--watch');
    assert.equal(renamed.code, 0, renamed.stderr);
    await assertEachOnce(home, 'second', 80);
  });

  await t.test('results filter, sort and group', async () => {
    const filtered = await home.natsweep(
      'results',
      'short',
      '--where',
      'group=1',
      '--sort',
      '-value',
      '--limit',
      '3',
      '--json',
    );
    const rows = JSON.parse(filtered.stdout) as (Recorded & { group: number })[];
    assert.deepEqual(
      rows.map(({ group }) => group),
      [1, 1, 1],
    );
    assert.ok(rows[0]!.value! >= rows[1]!.value! && rows[1]!.value! >= rows[2]!.value!);
    const grouped = await home.natsweep('results', 'short', '--by', 'group', '--csv');
    assert.match(
      grouped.stdout,
      /^group,trials,value\.count,value\.mean,value\.standardDeviation,value\.confidence95\n0,40,40,0\.\d+,0\.\d+,0\.\d+\n1,40,/,
    );
    const unknown = await home.natsweep('results', 'short', '--where', 'grup=1');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /did you mean group\?/);
    const missing = await home.natsweep('results', 'shrot');
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /did you mean short\?/);
  });

  await t.test('Ctrl-C on watch never ends the sweep, and says so', async () => {
    const watching = home.start('launch', home.write('long.yaml', long), '--watch');
    await watching.until(/long +\d+%/);
    watching.interrupt();
    const stopped = await watching.end();
    assert.equal(stopped.code, 130);
    assert.match(stopped.stderr, /Stopped watching; the sweep goes on/);
  });

  await t.test('Ctrl-C on up in the middle of a sweep stops in order, and the next up finishes it', async () => {
    const processes = Object.values(home.stack());
    up.interrupt();
    const ended = await up.end();
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /Stopped; nothing was lost\./);
    assert.deepEqual(processes.filter(isAlive), []);
    assert.equal(home.has('.natsweep', 'stack.json'), false);

    const stopped = await home.natsweep('status', 'long', '--json');
    const { state, observed } = JSON.parse(stopped.stdout) as { state: string; observed: number };
    assert.equal(state, 'running');
    assert.ok(observed < 80, `${observed} observed`);

    const detached = await home.natsweep('up', '--detach', '--slots', '2', '--no-metrics');
    assert.equal(detached.code, 0, detached.stderr);
    const watched = await home.natsweep('watch', 'long');
    assert.equal(watched.code, 0, watched.stderr);
    await assertEachOnce(home, 'long', 80);
  });

  await t.test('down stops the stack that up --detach started', async () => {
    const processes = Object.values(home.stack());
    const down = await home.natsweep('down');
    assert.equal(down.code, 0, down.stderr);
    assert.deepEqual(processes.filter(isAlive), []);
    assert.match((await home.natsweep('down')).stderr, /No stack runs/);
  });
});

test('kill -9 of trial processes in the middle of a sweep: every trial is recorded exactly once', async (t) => {
  const home = new Home(t);
  assert.equal((await home.natsweep('up', '--detach', '--slots', '2', '--no-metrics')).code, 0);
  const watching = home.start('launch', home.write('long.yaml', long), '--watch');
  await watching.until(/long +\d+%/);
  const victims = trialProcesses(home);
  assert.ok(victims.length > 0);
  for (const pid of victims) process.kill(pid, 'SIGKILL');
  const { code, stdout } = await watching.end();
  assert.equal(code, 0, stdout);
  await assertEachOnce(home, 'long', 80);
});

test('a stack whose up process was killed is stopped by down, and adopted by the next up', async (t) => {
  const home = new Home(t);
  assert.equal((await home.natsweep('up', '--detach', '--slots', '1', '--no-metrics')).code, 0);
  const { up, ...apps } = home.stack();
  process.kill(up!, 'SIGKILL');
  const again = await home.natsweep('up', '--detach', '--slots', '1', '--no-metrics');
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(Object.values(apps).filter(isAlive), []);
  process.kill(home.stack().up!, 'SIGKILL');
  const down = await home.natsweep('down');
  assert.match(down.stderr, /left running: worker, scheduler, redis/);
});
