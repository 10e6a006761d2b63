import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerCommand, sendCommand, takeCommand, unansweredCommands } from './commands.ts';
import { connect } from './connection.ts';
import type { Command } from './messages.ts';
import { temporaryRedis } from './testing.ts';

const pause: Command = { kind: 'pause', commandId: 'c1', sweep: 'depth' };

test('a command reaches the scheduler and its answer the sender', async (t) => {
  const address = await temporaryRedis(t);
  const [sender, scheduler] = await Promise.all([connect(address), connect(address)]);
  t.after(() => [sender, scheduler].forEach((redis) => redis.disconnect()));
  const reply = sendCommand(sender, pause);
  const taken = await takeCommand(scheduler, 5000);
  assert.deepEqual(taken, pause);
  await answerCommand(scheduler, pause, { ok: true, message: 'paused' });
  assert.deepEqual(await reply, { ok: true, message: 'paused' });
  assert.deepEqual(await unansweredCommands(scheduler), []);
});

test('a command taken by a scheduler that dies is found by the next one', async (t) => {
  const address = await temporaryRedis(t);
  const [sender, first, next] = await Promise.all([connect(address), connect(address), connect(address)]);
  t.after(() => [sender, next].forEach((redis) => redis.disconnect()));
  const reply = sendCommand(sender, pause);
  await takeCommand(first, 5000);
  first.disconnect();
  const [found] = await unansweredCommands(next);
  assert.deepEqual(found, pause);
  await answerCommand(next, pause, { ok: false, message: 'no sweep of that name' });
  assert.equal((await reply).message, 'no sweep of that name');
});

test('without a scheduler the command is withdrawn and the sender told', async (t) => {
  const sender = await connect(await temporaryRedis(t));
  t.after(() => sender.disconnect());
  await assert.rejects(sendCommand(sender, pause, { timeoutMs: 50 }), {
    name: 'NoSchedulerError',
    message: /withdrawn: start one with "natsweep up"/,
  });
  assert.equal(await takeCommand(sender, 10), undefined);
});
