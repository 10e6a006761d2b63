import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxSpecLength } from '@natsweep/sweep';
import { answerCommand, sendCommand, takeCommand, unansweredCommands, type OnUnreadable } from './commands.ts';
import { keys } from './keys.ts';
import { Lease } from './lease.ts';
import type { Command } from './messages.ts';
import { temporaryRedis } from './testing.ts';

const pause: Command = { kind: 'pause', commandId: 'c1', sweep: 'depth' };
const unexpected: OnUnreadable = ({ kind }) => assert.fail(`${kind} cannot be read`);

test('a command reaches the scheduler and its answer the sender', async (t) => {
  const redis = await temporaryRedis(t);
  const [sender, scheduler] = [await redis.connect(), await redis.connect()];
  const reply = sendCommand(sender, pause);
  const taken = await takeCommand(scheduler, 5000, unexpected);
  assert.deepEqual(taken, pause);
  const paused = { ok: true, message: 'paused', facts: { sweep: 'depth', state: 'paused' } } as const;
  await answerCommand(scheduler, pause, paused);
  assert.deepEqual(await reply, paused);
  assert.deepEqual(await unansweredCommands(scheduler, unexpected), []);
});

test('a command taken by a scheduler that dies is found by the next one', async (t) => {
  const redis = await temporaryRedis(t);
  const [sender, first, next] = [await redis.connect(), await redis.connect(), await redis.connect()];
  const reply = sendCommand(sender, pause);
  await takeCommand(first, 5000, unexpected);
  const [found] = await unansweredCommands(next, unexpected);
  assert.deepEqual(found, pause);
  await answerCommand(next, pause, { ok: false, message: 'no sweep of that name' });
  assert.equal((await reply).message, 'no sweep of that name');
});

test('a scheduler that has taken a command may be long at work on it', async (t) => {
  const redis = await temporaryRedis(t);
  const [sender, scheduler] = [await redis.connect(), await redis.connect()];
  const atWork = Promise.withResolvers<void>();
  await new Lease(scheduler).acquire();
  const taken = takeCommand(scheduler, 5000, unexpected);
  const reply = sendCommand(sender, pause, { timeoutMs: 50, onWork: atWork.resolve });
  await taken;
  await atWork.promise;
  await answerCommand(scheduler, pause, { ok: false, message: 'at last' });
  assert.equal((await reply).message, 'at last');
});

test('of a scheduler that took the command and is gone, the sender hears that the next one carries it out', async (t) => {
  const redis = await temporaryRedis(t);
  const [sender, scheduler] = [await redis.connect(), await redis.connect()];
  const taken = takeCommand(scheduler, 5000, unexpected);
  await assert.rejects(sendCommand(sender, pause, { timeoutMs: 50 }), {
    name: 'NoSchedulerError',
    message: /has ended: the next one carries it out/,
  });
  assert.deepEqual(await taken, pause);
  assert.deepEqual(await unansweredCommands(scheduler, unexpected), [pause]);
});

test('without a scheduler the command is withdrawn and the sender told', async (t) => {
  const sender = await (await temporaryRedis(t)).connect();
  await assert.rejects(sendCommand(sender, pause, { timeoutMs: 50 }), {
    name: 'NoSchedulerError',
    message: /withdrawn: start one with "natsweep up"/,
  });
  assert.equal(await takeCommand(sender, 10, unexpected), undefined);
});

test('a command that cannot be read is told to the log, refused and struck from the list', async (t) => {
  const redis = await temporaryRedis(t);
  const [sender, scheduler] = [await redis.connect(), await redis.connect()];
  const tooLong: Command = { kind: 'submit', commandId: 'c2', spec: 'x'.repeat(maxSpecLength + 1) };
  const told: object[] = [];
  const reply = sendCommand(sender, tooLong);
  assert.equal(await takeCommand(scheduler, 5000, (message) => told.push(message)), undefined);
  assert.deepEqual(await reply, {
    ok: false,
    message:
      'The scheduler cannot read this command (submit, 4194349 characters): what it asks for is too long, or it comes ' +
      'from another version of natsweep than that of the scheduler.',
  });
  await sender.rpush(keys.commandsTaken, '{"commandId": {}}', 'no JSON', '{"kind":"dance","commandId":"c3"}');
  assert.deepEqual(await unansweredCommands(scheduler, (message) => told.push(message)), []);
  assert.deepEqual(told, [
    { characters: 4_194_349, kind: 'submit', commandId: 'c2' },
    { characters: 17 },
    { characters: 7 },
    { characters: 33, kind: 'dance', commandId: 'c3' },
  ]);
  assert.equal(await sender.llen(keys.commandsTaken), 0);
  assert.equal(await sender.llen(keys.reply('c3')), 1);
});
