import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AlikeFailures } from './alike-failures.ts';

const crash = { failure: 'crash', message: 'boom' } as const;
const timeout = { failure: 'timeout', message: 'too long' } as const;
const succeed = (failures: AlikeFailures, trials: number) => {
  for (let i = 0; i < trials; i++) failures.succeed();
};

test('a sweep that fails from its start pauses after the limit', () => {
  const failures = new AlikeFailures(3);
  assert.deepEqual([failures.fail(crash), failures.fail(timeout), failures.fail(crash)], Array(3).fill(undefined));
  assert.equal(failures.fail(crash), '3 of the last 4 trials failed alike (crash): boom');
});

test('rare failures never pause a sweep, however many there are', () => {
  const failures = new AlikeFailures(20);
  for (let i = 0; i < 100; i++) {
    succeed(failures, 9_999);
    assert.equal(failures.fail(crash), undefined);
  }
});

test('a sweep that begins to fail late pauses as soon as one that fails from its start', () => {
  const failures = new AlikeFailures(20);
  succeed(failures, 1_000_000);
  const reasons = Array.from({ length: 20 }, () => failures.fail(timeout));
  assert.deepEqual(reasons.slice(0, 19), Array(19).fill(undefined));
  assert.match(reasons[19]!, /^20 of the last 20 /);
});

test('a sweep that is resumed though a part of its trials fail is not paused for that again, and is where most fail', () => {
  const failures = new AlikeFailures(20);
  const failEveryTenth = () => {
    succeed(failures, 9);
    return failures.fail(crash);
  };
  const first = Array.from({ length: 20 }, failEveryTenth);
  assert.match(first[19] ?? '', /^20 of the last 191 trials failed alike \(crash\)/);
  failures.resume();
  for (let i = 0; i < 1000; i++) assert.equal(failEveryTenth(), undefined);
  const others = Array.from({ length: 20 }, () => failures.fail(timeout));
  assert.match(others[19] ?? '', /^20 of the last 20 trials failed alike \(timeout\)/, 'another failure is news');
  failures.resume();
  const most = Array.from({ length: 20 }, () => (succeed(failures, 1), failures.fail(crash)));
  assert.match(most[19] ?? '', /^20 of the last 39 trials failed alike \(crash\)/);
});

test('it pauses exactly where as many of the last ten times the limit failed alike; again, of the last two times', () => {
  const record = fc.constantFrom('finished', 'crash', 'timeout');
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (records, limit) => {
      const failures = new AlikeFailures(limit);
      const known = new Set<string>();
      let resumed = 0;
      for (const [i, each] of records.entries()) {
        if (each === 'finished') {
          failures.succeed();
          continue;
        }
        const window = (known.has(each) ? 2 : 10) * limit;
        const alike = records.slice(Math.max(resumed, i + 1 - window), i + 1).filter((other) => other === each);
        const reason = failures.fail(each === 'crash' ? crash : timeout);
        assert.equal(reason !== undefined, alike.length >= limit);
        if (reason === undefined) continue;
        known.add(each);
        failures.resume();
        resumed = i + 1;
      }
    }),
  );
});
