import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { addDuration, durationBucketsSeconds, emptyDurations } from './duration-histogram.ts';

const durations = fc.array(fc.double({ min: 0, max: 20_000, noNaN: true }));

test('cumulative counts say how many trials took at most each bound', () => {
  fc.assert(
    fc.property(durations, (seconds) => {
      const histogram = seconds.reduce(
        (sum, value, index) => addDuration(sum, { trialId: `t${index}`, seconds: value, atMs: index }),
        emptyDurations,
      );
      durationBucketsSeconds.forEach((bound, bucket) => {
        const cumulative = histogram.counts.slice(0, bucket + 1).reduce((a, b) => a + b, 0);
        assert.equal(cumulative, seconds.filter((value) => value <= bound).length);
      });
      assert.equal(
        histogram.counts.reduce((a, b) => a + b, 0),
        seconds.length,
      );
      assert.equal(
        histogram.sumSeconds,
        seconds.reduce((a, b) => a + b, 0),
      );
    }),
  );
});

test('a bucket remembers its latest trial', () => {
  const first = addDuration(emptyDurations, { trialId: 'a', seconds: 0.02, atMs: 1 });
  const both = addDuration(first, { trialId: 'b', seconds: 0.025, atMs: 2 });
  assert.deepEqual(
    both.latest.filter((exemplar) => exemplar !== null),
    [{ trialId: 'b', seconds: 0.025, atMs: 2 }],
  );
});
