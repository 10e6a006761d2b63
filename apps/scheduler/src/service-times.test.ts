import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { divideRoom, servedBy, type Demand } from './admission.ts';
import { ServiceTimes } from './service-times.ts';

const demand = (sweep: string, weight: number, times: ServiceTimes): Demand => ({
  ...{ sweep, weight, priority: 0, missing: 1e6, inFlight: 0, secondsPerTrial: 1 },
  served: times.of(sweep),
});

test('sweeps that always ask share by weight, though each time there is room for a single trial', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(weights, (all) => {
      const times = new ServiceTimes();
      const given = all.map(() => 0);
      const sum = all.reduce((total, weight) => total + weight, 0);
      for (let turn = 0; turn < 20 * sum; turn++) {
        const demands = all.map((weight, i) => demand(`s${i}`, weight, times));
        const admitted = divideRoom(demands, { slots: 1, backlogSeconds: 0.5 });
        for (const [i, each] of demands.entries()) {
          const trials = admitted.get(each.sweep)!;
          given[i]! += trials;
          if (trials > 0) times.add(each.sweep, servedBy(each, trials));
        }
      }
      for (const [i, weight] of all.entries()) assert.ok(Math.abs(given[i]! - 20 * weight) <= 1, `${given} of ${all}`);
    }),
  );
});

test('a sweep that comes later gets its share from then on, and nothing for the time before', () => {
  const times = new ServiceTimes();
  times.add('old', 500);
  times.add('old', 1);
  assert.equal(times.of('new'), 500);
  assert.equal(times.of('old'), 501);
});
