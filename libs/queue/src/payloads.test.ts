import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxValueLength } from '@natsweep/sweep';
import fc from 'fast-check';
import type { z } from 'zod';
import {
  batchPayload,
  cancelledPayload,
  commandPayload,
  holderPayload,
  readPayload,
  replyPayload,
  reportPayload,
  sharedPayload,
  summaryPayload,
  workerPayload,
} from './payloads.ts';

const attempt = { attempt: 1, worker: 'w', slot: 'cpu-0', startedAtMs: 1.5, elapsedSeconds: 0 };
const gpu = { name: 'NVIDIA H200', utilization: 0.5, memoryUsedBytes: 1, memoryTotalBytes: null };
const failure = { failure: 'crash', message: 'boom', logTail: '', attempt };
const trial = {
  trialId: 't',
  index: 0,
  experiment: 'e',
  experimentVersion: 1,
  params: { a: 1, b: 'x', c: true },
  seed: 0,
};
const durations = { counts: [0, 1], sumSeconds: 1, latest: [null, { trialId: 't', seconds: 1, atMs: 2 }] };
const slot = { slot: 'cpu-0', engine: 'openblas', device: 'cpu', state: 'idle', trialId: null };

/** Each kind of payload, as natsweep writes it. */
const payloads: readonly (readonly [schema: z.ZodType, payload: object])[] = [
  [
    reportPayload,
    {
      ...{ kind: 'observation', trialId: 't', index: 0, params: { a: 1 }, seed: 0 },
      attempt: { startedAtMs: 1.5, elapsedSeconds: 0, peakMemoryBytes: 2 ** 27 },
      ...{ outcome: 'diverged', metrics: { m: null, n: 1 }, traces: { loss: [1, null] } },
    },
  ],
  [
    sharedPayload,
    {
      sweep: 's',
      attempt: { attempt: 1, worker: 'w', slot: 'cpu-0', gpu },
      engine: { engine: 'reference', device: 'cpu', precision: 'float64', threads: 1, versions: { v: '1' } },
    },
  ],
  [reportPayload, { kind: 'failed-delivery', sweep: 's', again: true, attempts: [{ trialId: 't', ...failure }] }],
  [
    batchPayload,
    {
      ...{ sweep: 's', trials: [trial], trialTimeoutSeconds: 1, maxAttempts: 3, failures: { t: failure } },
      ...{ losses: 1, underWay: { trialId: 't', attempt }, lossesOf: { t: 1 } },
    },
  ],
  [cancelledPayload, { sweep: 's', trialIds: ['t'] }],
  [commandPayload, { kind: 'submit', commandId: 'c', spec: '{}' }],
  [commandPayload, { kind: 'pause', commandId: 'c', sweep: 's' }],
  [commandPayload, { kind: 'cancel-trials', commandId: 'c', sweep: 's', indices: [1, 2] }],
  [
    commandPayload,
    { kind: 'retry', commandId: 'c', sweep: 's', failure: 'lost', where: { a: 1 }, filter: 'b > 2', trialIds: ['t1'] },
  ],
  [commandPayload, { kind: 'apply', commandId: 'c', spec: '{}' }],
  [commandPayload, { kind: 'share', commandId: 'c', sweep: 's', priority: 1, weight: 2.5 }],
  [replyPayload, { ok: false, message: 'no' }],
  [replyPayload, { ok: true, message: 'done', facts: { sweep: 's', trials: 3, slots: null } }],
  [holderPayload, { id: 'x', space: 's', pid: 1 }],
  [
    summaryPayload,
    {
      ...{ name: 's', experiment: 'e', state: 'paused', stateReason: null, planned: 1, admitted: 0, observed: 1 },
      share: { priority: 5, weight: 0.5, slots: 2 },
      ...{ failed: 0, byOutcome: { converged: 1 }, byFailure: {}, retriesByFailure: {}, duplicatesSuppressed: 0 },
      ...{ byApproximation: { none: { byOutcome: { converged: 1 }, durations } }, trialsPerSecond: 0.5 },
      objective: { metric: 'm', goal: 'minimize', best: -1, trialId: 't', improvedAtMs: 1 },
      ...{ etaSeconds: null, createdAtMs: 1, updatedAtMs: 2 },
    },
  ],
  [
    workerPayload,
    {
      ...{ worker: 'w', host: 'h', pid: 1, version: '1', startedAtMs: 1, heartbeatAtMs: 2, metricsAddress: null },
      slots: [
        {
          ...slot,
          ...{
            trialsFinished: 1,
            stepsFinished: 2,
            memoryLimitBytes: 3,
            gpuUtilization: 0.5,
            gpuMemoryUsedBytes: 1,
            gpuMemoryTotalBytes: 2,
          },
        },
      ],
    },
  ],
];

/** The same value with something else at each of its leaves in turn. */
function* withEachLeaf(value: unknown, substitute: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return yield substitute;
  for (const [key, part] of Object.entries(value)) {
    for (const other of withEachLeaf(part, substitute)) {
      yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    }
  }
}

test('what natsweep writes is read as it was written', () => {
  for (const [schema, payload] of payloads) assert.deepEqual(readPayload(schema, JSON.stringify(payload)), payload);
});

test('a payload with an object in the place of any of its values is none', () => {
  for (const [schema, payload] of payloads) {
    for (const wrong of withEachLeaf(payload, { toString: 'x' })) {
      assert.equal(readPayload(schema, JSON.stringify(wrong)), undefined, JSON.stringify(wrong));
    }
  }
});

test('counts are whole and not negative, names are bounded, times and outcomes are such', () => {
  const [[, observation]] = payloads as [readonly [unknown, object]];
  for (const wrong of [
    { index: -1 },
    { index: 0.5 },
    { index: 2 ** 60 },
    { params: { ['x'.repeat(1001)]: 1 } },
    { trialId: 'x'.repeat(300) },
    { trialId: '' },
    { seed: 0.5 },
    { outcome: 'done' },
    { metrics: [1] },
    { attempt: null },
    { attempt: { startedAtMs: 1 } },
    { attempt: { startedAtMs: 1, elapsedSeconds: -1 } },
    { attempt: { startedAtMs: 1, elapsedSeconds: 1, peakMemoryBytes: -1 } },
  ]) {
    assert.equal(readPayload(reportPayload, JSON.stringify({ ...observation, ...wrong })), undefined);
  }
});

test('a time beyond what a number holds is none', () => {
  const [[, observation]] = payloads as [readonly [unknown, object]];
  const said = JSON.stringify(observation);
  for (const time of ['"startedAtMs":1.5', '"elapsedSeconds":0', `"peakMemoryBytes":${2 ** 27}`]) {
    assert.ok(said.includes(time), time);
    assert.equal(readPayload(reportPayload, said.replace(time, time.replace(/[\d.]+$/, '1e999'))), undefined, time);
  }
});

test('a parameter may be as long a text as a sweep file may give it', () => {
  const [[, observation]] = payloads as [readonly [unknown, object]];
  const withText = (length: number) => JSON.stringify({ ...observation, params: { a: 'x'.repeat(length) } });
  assert.ok(readPayload(reportPayload, withText(maxValueLength)));
  assert.equal(readPayload(reportPayload, withText(maxValueLength + 1)), undefined);
});

test('any text, and any JSON, is a payload or none, and never an error (3,000 cases)', () => {
  const schemas = payloads.map(([schema]) => schema);
  const parts = payloads.map(([, payload]) => fc.constant(payload));
  const mixed = fc
    .tuple(fc.oneof(...parts), fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 3 })))
    .map(([payload, extra]) => JSON.stringify({ ...payload, ...extra }));
  const text = fc.oneof(fc.string(), fc.json(), mixed);
  fc.assert(
    fc.property(text, (given) => {
      for (const schema of schemas) readPayload(schema, given);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    }),
    { numRuns: 3000, examples: [['['.repeat(200_000)]] },
  );
});
