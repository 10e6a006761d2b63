import assert from 'node:assert/strict';
import { test } from 'node:test';

import { heartbeat } from '@natsweep/queue';
import { temporaryRedis } from '@natsweep/queue/testing';

import { readEnvironment } from '../environment.ts';
import { loadSweep } from '../sweep-source.ts';
import { refuseMissingData } from './refuse-missing-data.ts';

const missing = { cifar10: 'cifar10 is not on this machine: put it there' };
const small = loadSweep('karakida-fig2', { size: 'small' });
const paper = loadSweep('karakida-fig2', { size: 'paper' });

test('a sweep is refused where a worker lacks data that it asks for, and only there', async (t) => {
  const redis = await temporaryRedis(t);
  const connection = await redis.connect();
  const environment = readEnvironment({ NATSWEEP_HOME: redis.home });
  const join = (worker: string, missingData?: Readonly<Record<string, string>>) =>
    heartbeat(connection, {
      ...{ worker, host: worker, pid: 1, version: '0', startedAtMs: 0, heartbeatAtMs: 0, metricsAddress: null },
      ...{ slots: [], ...(missingData !== undefined && { missingData }) },
    });
  await refuseMissingData(environment, paper);
  await join('has-all', {});
  await join('tells-nothing');
  await refuseMissingData(environment, paper);
  await join('lacks', missing);
  await refuseMissingData(environment, small);
  await assert.rejects(refuseMissingData(environment, paper, '--no-data-check'), /or pass --no-data-check\.$/);
  await assert.rejects(refuseMissingData(environment, paper), {
    exitCode: 2,
    message:
      /^karakida-fig2-paper needs data that not every worker has:\n  worker lacks: cifar10 is not on this machine: put it there\nTrials .*, or stop it\.$/,
  });
});

test('nothing is known, and nothing refused, where no Redis runs', () =>
  refuseMissingData(readEnvironment({ NATSWEEP_HOME: '/nowhere' }), paper));
