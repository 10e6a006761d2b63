/** Commands that were carried out by a scheduler that died before it could answer. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { declarations } from '@natsweep/catalogue';
import { sendCommand, type Command, type CommandReply } from '@natsweep/queue';
import { openResults, type ResultsStore } from '@natsweep/results';
import { parseSweepSpec } from '@natsweep/sweep';
import type { Step } from './steps.ts';
import { killAt } from './traps.ts';
import { World } from './world.ts';

/** All is in the database, and nobody has been told. */
const answered: Step = {
  ...{ name: 'answer given', by: 'scheduler', kind: 'writes' },
  is: ({ verb, words }) => verb === 'rpush' && words[1]?.startsWith('natsweep:reply:') === true,
};

const failing = (last: number) =>
  `name: failing\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: ${last} } } }\n` +
  'fixed: { behaviour: throw }\nlimits: { maxAttempts: 1 }\n';
const hanging = 'name: hanging\nexperiment: diagnostic\naxes: { point: [1, 2, 3, 4] }\nfixed: { behaviour: hang }\n';

function specOf(yaml: string): string {
  const parsed = parseSweepSpec(yaml, { file: 'sweep.yaml', experiments: declarations });
  assert.ok(parsed.ok);
  return JSON.stringify(parsed.spec);
}

test('a command whose scheduler died between doing and answering is done once and answered as it was done', async (t) => {
  const world = await World.create({ workers: 1 });
  t.after(() => world.close());
  const { stack } = world;
  /** Sends a command, kills the scheduler that has carried it out, and returns the answer of the next one. */
  const send = async (command: Command): Promise<CommandReply> => {
    const died = killAt(world, { step: answered, side: 'asked', victim: 'itself' });
    const reply = await sendCommand(stack.connection, command, { timeoutMs: 60_000 });
    await died;
    return reply;
  };
  const read = async <T>(use: (results: ResultsStore) => Promise<T>): Promise<T> => {
    const results = await openResults(`sqlite:${world.databaseFile}`, { readOnly: true });
    return use(results).finally(() => results.close());
  };
  const ended = (failed: number) =>
    stack.until('failing', (summary) => summary.state === 'completed' && summary.failed === failed);

  await t.test('submit', async () => {
    assert.deepEqual(await send({ kind: 'submit', commandId: randomUUID(), spec: specOf(failing(4)) }), {
      ok: true,
      message: 'Sweep "failing" is queued: 4 trials.',
      facts: { sweep: 'failing', trials: 4, reused: 0 },
    });
    await ended(4);
  });
  await t.test('retry', async () => {
    assert.deepEqual(await send({ kind: 'retry', commandId: randomUUID(), sweep: 'failing', filter: 'point > 2' }), {
      ok: true,
      message: 'Sweep "failing" runs 2 failed trials again.',
      facts: { sweep: 'failing', version: 2, trials: 2 },
    });
    await ended(4);
    assert.equal((await read((results) => results.versions('failing'))).length, 2);
    assert.equal((await read((results) => results.counts('failing@1'))).failed, 2);
  });
  await t.test('apply', async () => {
    const reply = await send({ kind: 'apply', commandId: randomUUID(), spec: specOf(failing(6)) });
    assert.match(reply.message, /^Sweep "failing" is at version 3: 6 trials, [4-6] of them recorded already\.$/);
    await ended(6);
    assert.equal((await read((results) => results.versions('failing'))).length, 3);
  });
  await stack.submit(hanging);
  await t.test('share', async () => {
    assert.deepEqual(await send({ kind: 'share', commandId: randomUUID(), sweep: 'hanging', priority: 3, slots: 1 }), {
      ok: true,
      message: 'Sweep "hanging" has priority 3 and weight 1, and takes at most 1 slot.',
      facts: { sweep: 'hanging', priority: 3, weight: 1, slots: 1 },
    });
    assert.equal((await read((results) => results.versions('hanging'))).length, 2);
  });
  await t.test('cancel of trials', async () => {
    const { ok } = await send({ kind: 'cancel-trials', commandId: randomUUID(), sweep: 'hanging', indices: [0, 3] });
    assert.equal(ok, true);
    assert.deepEqual((await read((results) => results.counts('hanging'))).byFailure, { cancelled: 2 });
  });
  for (const [kind, state] of [
    ['pause', 'paused'],
    ['resume', 'running'],
    ['cancel', 'cancelled'],
  ] as const) {
    await t.test(kind, async () => {
      assert.deepEqual(await send({ kind, commandId: randomUUID(), sweep: 'hanging' }), {
        ok: true,
        message: `Sweep "hanging" is ${state}.`,
        facts: { sweep: 'hanging', state },
      });
      assert.equal((await read((results) => results.getSweep('hanging')))?.state, state);
    });
  }
});
