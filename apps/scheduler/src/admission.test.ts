import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchSize, divideRoom, givesWay, type Demand } from './admission.ts';

const sweep = (name: string, demand: Partial<Demand> = {}): Demand => ({
  sweep: name,
  priority: 0,
  weight: 1,
  missing: 1e6,
  inFlight: 0,
  secondsPerTrial: 1,
  served: 0,
  ...demand,
});
const room = (demands: readonly Demand[], slots = 10) =>
  Object.fromEntries(divideRoom(demands, { slots, backlogSeconds: 4 }));

test('the queue is filled with so many seconds of work per slot', () => {
  assert.deepEqual(room([sweep('a')]), { a: 40 });
  assert.deepEqual(room([sweep('a', { inFlight: 30 })]), { a: 10 });
  assert.deepEqual(room([sweep('a', { inFlight: 40 })]), { a: 0 });
  assert.deepEqual(room([sweep('a', { missing: 3 })]), { a: 3 });
});

test('the longest trials still leave two per slot in the queue, and so do those of which nothing is known', () => {
  assert.deepEqual(room([sweep('a', { secondsPerTrial: 3600 })]), { a: 20 });
  assert.deepEqual(room([sweep('a', { secondsPerTrial: undefined })]), { a: 20 });
});

test('the shortest trials are in flight by the thousand for each slot, and by a hundred thousand in all', () => {
  assert.deepEqual(room([sweep('a', { secondsPerTrial: 0 })], 2), { a: 20_000 });
  assert.deepEqual(room([sweep('a', { secondsPerTrial: 0 })], 1000), { a: 100_000 });
  assert.deepEqual(room([sweep('a', { secondsPerTrial: 0.1 })], 1000), { a: 40_000 });
});

test('what waits gives way to a higher priority that has missing trials, and to nothing else of another priority', () => {
  const low = sweep('low', { inFlight: 9, served: 5 });
  assert.equal(givesWay(low, sweep('high', { priority: 1, inFlight: 7, served: 50 }), 0), true);
  assert.equal(givesWay(low, sweep('high', { priority: 1, missing: 0 }), 0), false);
  assert.equal(givesWay(low, sweep('lower', { priority: -1 }), 0), false);
});

test('what waits gives way to an equal that has nothing in flight and less of its share even so', () => {
  const holder = sweep('holder', { inFlight: 9, served: 8 });
  assert.equal(givesWay(holder, sweep('newcomer', { served: 3 }), 4), true);
  assert.equal(givesWay(holder, sweep('newcomer', { served: 4 }), 4), false);
  assert.equal(givesWay(holder, sweep('newcomer', { served: 3, inFlight: 1 }), 4), false);
  assert.equal(givesWay(holder, sweep('newcomer', { served: 3, missing: 0 }), 4), false);
  assert.equal(givesWay(holder, holder, 0), false);
});

test('room is shared by weight, counting the work that was given before', () => {
  assert.deepEqual(room([sweep('a', { weight: 3 }), sweep('b')]), { a: 30, b: 10 });
  assert.deepEqual(room([sweep('a', { inFlight: 20, served: 20 }), sweep('b')]), { a: 0, b: 20 });
  const unequal = room([sweep('slow', { secondsPerTrial: 2 }), sweep('fast', { secondsPerTrial: 0.02 })]);
  assert.deepEqual(unequal, { slow: 10, fast: 1000 });
});

test('a higher priority goes first, and what it leaves goes to the next', () => {
  assert.deepEqual(room([sweep('low'), sweep('high', { priority: 1 })]), { low: 0, high: 40 });
  assert.deepEqual(room([sweep('low'), sweep('high', { priority: 1, missing: 10 })]), { low: 30, high: 10 });
});

test('never more work than there is room for plus one trial, never more trials than are missing', () => {
  const demand = fc.record({
    priority: fc.integer({ min: -2, max: 2 }),
    weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
    missing: fc.nat(5000),
    inFlight: fc.nat(500),
    secondsPerTrial: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(demand, { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), (demands, slots) => {
      const sweeps = demands.map((each, i) => ({ sweep: `s${i}`, served: 0, ...each }));
      const admitted = divideRoom(sweeps, { slots, backlogSeconds: 4 });
      const counted = (seconds = 2) => Math.min(2, Math.max(0.0004, (slots * 4) / 100_000, seconds));
      let work = 0;
      for (const { sweep: name, missing, inFlight, secondsPerTrial } of sweeps) {
        const trials = admitted.get(name) ?? 0;
        assert(trials <= missing);
        work += (trials + inFlight) * counted(secondsPerTrial);
      }
      const before = sweeps.reduce((sum, each) => sum + each.inFlight * counted(each.secondsPerTrial), 0);
      assert(work <= Math.max(before, slots * 4) + 2);
      const hungry = sweeps.some(({ sweep: name, missing }) => (admitted.get(name) ?? 0) < missing);
      assert(!hungry || work >= slots * 4 - 1e-9 || before >= slots * 4);
    }),
  );
});

test('a batch holds two seconds of work, alone while unmeasured, smaller near the end', () => {
  const base = { missing: 1e6, slots: 2, maxBatch: 64 };
  assert.equal(batchSize({ ...base, secondsPerTrial: undefined }), 1);
  assert.equal(batchSize({ ...base, secondsPerTrial: 0.1 }), 20);
  assert.equal(batchSize({ ...base, secondsPerTrial: 5 }), 1);
  assert.equal(batchSize({ ...base, secondsPerTrial: 0 }), 64);
  assert.equal(batchSize({ ...base, secondsPerTrial: 0.1, missing: 10 }), 3);
});
