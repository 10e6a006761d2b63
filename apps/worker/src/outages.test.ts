import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { connect } from '@natsweep/queue';
import { temporaryRedis } from '@natsweep/queue/testing';
import { logOutages } from './outages.ts';

test('an outage is said once, however often Redis is tried meanwhile, and so is its end', async (t) => {
  const { address, server } = await temporaryRedis(t);
  const redis = await connect(address, { onOutage: 'wait' });
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const stop = logOutages(redis, { description: 'Redis', logger: { info: say, warn: say } });
  t.after(() => redis.disconnect());
  assert(address.kind === 'private');
  await server.stop();
  const tried = Promise.withResolvers<void>();
  let attempts = 0;
  const deaf = createServer((connection) => {
    connection.destroy();
    if (++attempts === 4) tried.resolve();
  });
  deaf.listen(address.socket);
  await tried.promise;
  deaf.close();
  const lost = 'lost Redis; trials go on, results wait until it is back';
  assert.deepEqual(said, [lost]);
  redis.emit('ready');
  redis.emit('close');
  assert.deepEqual(said, [lost, 'back at Redis', lost]);
  stop();
  redis.emit('ready');
  redis.emit('close');
  assert.equal(said.length, 3);
});
