import assert from 'node:assert/strict';
import type { Observation, Parameters, TrialRecord } from '@natsweep/sweep';
import type { MeasuredQuery, MeasuredTrial, ResultsStore } from '../store.ts';
import { syntheticRecord, syntheticRecords, syntheticSweep } from './synthetic.ts';

/** More than one page of every way to read a whole sweep. */
const many = 2300;

/** What every results database must do when a whole sweep is read. */
export const wholeSweepReading: Readonly<Record<string, (store: ResultsStore) => Promise<void>>> = {
  'gives claims every observation, and trials of one point the same parameters': async (store) => {
    const records = await planted(store);
    const found = await measured(store, {});
    const observations = records.filter((record) => record.kind === 'observation');
    assert.deepEqual(
      found.map(({ metrics: { trainLossFinal, stepsToThreshold }, ...trial }) => ({
        ...trial,
        metrics: { trainLossFinal, stepsToThreshold },
      })),
      observations.map(({ trialId, index, params, seed, outcome, metrics }) => ({
        ...{ trialId, index, params, seed, outcome },
        metrics: { trainLossFinal: metrics['trainLossFinal'] ?? null, stepsToThreshold: metrics['stepsToThreshold'] },
      })),
    );
    const points = new Map<string, Parameters>();
    for (const { params } of found) {
      const known = points.get(JSON.stringify(params)) ?? params;
      points.set(JSON.stringify(params), known);
      assert.equal(params, known);
    }
    assert.equal(new Set(points.values()).size, new Set(observations.map(({ params }) => JSON.stringify(params))).size);
  },

  'gives only the metrics asked for, of the trials selected': async (store) => {
    const records = await planted(store);
    const found = await measured(store, { metrics: ['stepsToThreshold', 'neverReported'], filter: 'index < 1200' });
    const selected = records.filter(({ kind, index }) => kind === 'observation' && index < 1200) as Observation[];
    assert.deepEqual(
      found.map(({ index, metrics }) => [index, metrics['stepsToThreshold']]),
      selected.map(({ index, metrics }) => [index, metrics['stepsToThreshold']]),
    );
    assert.deepEqual([found[0]!.metrics['trainLossFinal'], found[0]!.metrics['neverReported']], [undefined, undefined]);
  },

  'reads a metric by its name, whatever it is': async (store) => {
    await store.createSweep(syntheticSweep('names', 2));
    const names = ['__proto__', 'constructor', 'toString', 'first', 'values'];
    const metrics = Object.fromEntries(names.map((name, place) => [name, place === 2 ? null : place]));
    const params = { rank: 'full', bias: true };
    const plain = syntheticRecord('names', 0) as Observation;
    await store.record([
      { ...plain, params, metrics },
      { ...plain, ...{ trialId: 't1', index: 1 }, params: {}, metrics: {} },
    ]);
    const [named, bare] = await measured(store, {}, 'names');
    assert.deepEqual(
      names.map((name) => named?.metrics[name]),
      [0, 1, null, 3, 4],
    );
    assert.deepEqual([named?.params, bare?.params], [params, {}]);
    assert.deepEqual([named?.metrics['hasOwnProperty'], bare?.metrics['first']], [undefined, null]);
  },

  'exports what was recorded, row by row': async (store) => {
    const records = await planted(store);
    const pieces: Uint8Array[] = [];
    for await (const piece of store.export('damping', { format: 'jsonl' })) pieces.push(piece);
    const rows = Buffer.concat(pieces).toString().trimEnd().split('\n');
    assert.equal(rows.length, records.length);
    for (const [position, record] of records.entries()) {
      const row = JSON.parse(rows[position]!) as Record<string, unknown>;
      const { trialId, index, params, seed, attempt } = record;
      const { startedAtMs, elapsedSeconds, peakMemoryBytes = null, ...where } = attempt;
      assert.deepEqual(row, {
        ...{ trialId, index, seed, startedAtMs, elapsedSeconds, peakMemoryBytes, ...params, ...where },
        ...endingOf(record),
      });
    }
  },

  'counts by which slots and engines the records were made': async (store) => {
    const records = await planted(store);
    const keyOf = (record: TrialRecord) =>
      `${record.attempt.worker} ${record.attempt.slot} ${record.kind === 'observation' ? record.engine.engine : ''}`;
    const expected = Map.groupBy(records, keyOf);
    const found = await store.provenance('damping');
    assert.deepEqual(
      found.map(({ worker, slot, engine }) => `${worker} ${slot} ${engine?.engine ?? ''}`),
      [...expected.keys()],
    );
    for (const [position, members] of [...expected.values()].entries()) {
      const { records: count, repeated, firstStartMs, lastEndMs, elapsedSeconds } = found[position]!;
      const attempts = members.map(({ attempt }) => attempt);
      const seconds = attempts.reduce((sum, attempt) => sum + attempt.elapsedSeconds, 0);
      assert.deepEqual(
        [count, repeated, firstStartMs],
        [
          members.length,
          attempts.filter(({ attempt }) => attempt > 1).length,
          Math.min(...attempts.map(({ startedAtMs }) => startedAtMs)),
        ],
      );
      const ends = attempts.map((attempt) => attempt.startedAtMs + 1000 * attempt.elapsedSeconds);
      assert.ok(Math.abs(lastEndMs - Math.max(...ends)) < 1e-3);
      assert.ok(Math.abs(elapsedSeconds / seconds - 1) < 1e-12);
    }
    await store.createSweep(syntheticSweep('empty'));
    assert.deepEqual([await store.provenance('empty'), await measured(store, {}, 'empty')], [[], []]);
  },
};

async function planted(store: ResultsStore): Promise<TrialRecord[]> {
  await store.createSweep(syntheticSweep('damping', many));
  const records = syntheticRecords('damping', many);
  await store.record(records);
  return records;
}

async function measured(store: ResultsStore, query: MeasuredQuery, sweep = 'damping'): Promise<MeasuredTrial[]> {
  const trials: MeasuredTrial[] = [];
  for await (const page of store.measured(sweep, query)) trials.push(...page);
  return trials;
}

function endingOf(record: TrialRecord) {
  if (record.kind === 'failed') {
    const { failure, message } = record;
    const unmeasured = { trainLossFinal: null, stepsToThreshold: null, engine: null, device: null, precision: null };
    return { ...unmeasured, outcome: null, failure, message };
  }
  const { outcome, metrics, engine } = record;
  const { trainLossFinal = null, stepsToThreshold = null } = metrics;
  const { engine: name, device, precision } = engine;
  return { trainLossFinal, stepsToThreshold, outcome, failure: null, message: null, engine: name, device, precision };
}
