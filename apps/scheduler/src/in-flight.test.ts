import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InFlight } from './in-flight.ts';

const trials = (...indices: number[]) => indices.map((index) => ({ index, trialId: `t${index}` }));

test('a batch is in flight until its last trial is settled', () => {
  const inFlight = new InFlight();
  inFlight.add('b1', trials(3, 4), 2);
  inFlight.settle(3);
  assert.deepEqual([inFlight.batchIds, [...inFlight.indices]], [['b1'], [4]]);
  assert.deepEqual([inFlight.trialAt(3), inFlight.trialAt(4)], [undefined, 't4']);
  inFlight.settle(4);
  assert.deepEqual([inFlight.batchIds, inFlight.indices.size], [[], 0]);
});

test('a dropped batch gives back the trials that were not settled', () => {
  const inFlight = new InFlight();
  inFlight.add('b1', trials(3, 4, 5), 2);
  inFlight.settle(4);
  assert.equal(inFlight.drop('b1'), 2);
  assert.equal(inFlight.indices.size, 0);
  assert.equal(inFlight.drop('b1'), 0);
});

test('a trial belongs to the batch that brought it first', () => {
  const inFlight = new InFlight();
  inFlight.add('b1', trials(3), 2);
  inFlight.add('b2', trials(3, 4), 2);
  assert.equal(inFlight.drop('b2'), 1);
  assert.deepEqual([...inFlight.indices], [3]);
  inFlight.settle(7);
  assert.deepEqual(inFlight.batchIds, ['b1']);
});

test('what is in flight is expected to take what each batch brought, until it is settled or dropped', () => {
  const inFlight = new InFlight();
  inFlight.add('b1', trials(3, 4), 2);
  inFlight.add('b2', trials(4, 5, 6), 0.5);
  assert.deepEqual([inFlight.seconds, inFlight.secondsOf(['b2', 'none'])], [5, 1]);
  assert.deepEqual([inFlight.settle(3), inFlight.settle(3)], [true, false]);
  assert.equal(inFlight.seconds, 3);
  inFlight.drop('b1');
  assert.equal(inFlight.seconds, 1);
});
