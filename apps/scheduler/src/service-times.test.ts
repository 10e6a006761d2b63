import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { divideRoom, servedBy, type Capacity, type Demand } from './admission.ts';
import { ServiceTimes } from './service-times.ts';

interface Sweep {
  readonly weight: number;
  readonly secondsPerTrial: number;
  /** Most trials in flight. Default: no limit. */
  readonly most?: number;
}

/** Sweeps with more trials than ever end, and how many of them each was given. */
class Admission {
  readonly #times = new ServiceTimes();
  readonly #sweeps: readonly Sweep[];
  readonly #inFlight: number[];
  readonly given: number[];

  constructor(sweeps: readonly Sweep[]) {
    this.#sweeps = sweeps;
    this.#inFlight = sweeps.map(() => 0);
    this.given = sweeps.map(() => 0);
  }

  /** Seconds of work over the weight. */
  served(): readonly number[] {
    return this.#sweeps.map(({ weight, secondsPerTrial }, i) => (this.given[i]! * secondsPerTrial) / weight);
  }

  /** One turn of the first `count` sweeps. */
  admit(capacity: Capacity, count = this.#sweeps.length): void {
    const demands = this.#sweeps.slice(0, count).map(({ most = 1e6, ...sweep }, i): Demand => {
      const inFlight = this.#inFlight[i]!;
      const served = this.#times.of(`s${i}`);
      return { ...sweep, sweep: `s${i}`, priority: 0, missing: Math.max(0, most - inFlight), inFlight, served };
    });
    const admitted = divideRoom(demands, capacity);
    const charges = demands.flatMap((demand, i) => {
      const trials = admitted.get(demand.sweep)!;
      this.given[i]! += trials;
      this.#inFlight[i]! += trials;
      const wantsMore = trials < demand.missing;
      return trials > 0 ? [{ sweep: demand.sweep, served: servedBy(demand, trials), wantsMore }] : [];
    });
    this.#times.charge(charges);
  }

  /** This part of what is in flight ends. */
  end(part: number): void {
    for (const [i, trials] of this.#inFlight.entries()) this.#inFlight[i] = trials - Math.ceil(trials * part);
  }
}

test('sweeps that always ask share by weight, though each time there is room for a single trial', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(weights, (all) => {
      const admission = new Admission(all.map((weight) => ({ weight, secondsPerTrial: 1 })));
      const sum = all.reduce((total, weight) => total + weight, 0);
      for (let turn = 0; turn < 20 * sum; turn++) {
        admission.admit({ slots: 1, backlogSeconds: 0.5 });
        admission.end(1);
      }
      const { given } = admission;
      for (const [i, weight] of all.entries()) assert.ok(Math.abs(given[i]! - 20 * weight) <= 1, `${given} of ${all}`);
    }),
  );
});

test('sweeps that always ask share by weight to within a batch, whatever their trials take and however many slots there are', () => {
  const secondsPerTrial = fc.constantFrom(0.01, 0.3, 1, 1.5, 2, 7);
  const sweep = fc.record({ weight: fc.integer({ min: 1, max: 9 }), secondsPerTrial });
  const sweeps = fc.array(sweep, { minLength: 2, maxLength: 5 });
  const ending = fc.array(fc.constantFrom(0.1, 0.3, 0.5, 1), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(sweeps, fc.integer({ min: 1, max: 16 }), ending, (all, slots, parts) => {
      const admission = new Admission(all);
      for (let turn = 0; turn < 200; turn++) {
        admission.admit({ slots, backlogSeconds: 4 });
        admission.end(parts[turn % parts.length]!);
      }
      const served = admission.served();
      // what a sweep gets at once is 2 s of work, rounded to whole trials, or one trial
      const atOnce = Math.max(...all.map(({ weight, secondsPerTrial: each }) => Math.max(each, 2 + each / 2) / weight));
      const spread = Math.max(...served) - Math.min(...served);
      assert.ok(spread <= atOnce + 1e-6, `seconds over the weight: ${served}`);
    }),
  );
});

test('a sweep that takes all it may, less than its share, does not make one that comes later starve the others', () => {
  const long = { weight: 1, secondsPerTrial: 7 };
  const admission = new Admission([{ ...long, most: 1 }, long, long]);
  const turns = (count: number, sweeps: number) => {
    const before = [...admission.given];
    for (let turn = 0; turn < count; turn++) {
      admission.admit({ slots: 10, backlogSeconds: 4 }, sweeps);
      admission.end(1);
    }
    return admission.given.map((given, i) => given - before[i]!);
  };
  const [capped, alone] = turns(50, 2);
  assert.ok(capped === 50 && alone! > 500, `${capped} and ${alone} trials`);
  const [, other, later] = turns(10, 3);
  // it begins where the other stood before its last turn, of 19 trials
  assert.ok(Math.abs(other! - later!) <= 19, `${other} and ${later} trials`);
});

test('what turns out to have taken longer counts, and what was withdrawn counts no more', () => {
  const times = new ServiceTimes();
  const turn = (sweep: string) => times.charge([{ sweep, served: 4, wantsMore: true }]);
  turn('a');
  times.correct('a', 23);
  times.correct('b', 0);
  assert.deepEqual([times.of('a'), times.of('b')], [27, 0]);
  times.correct('a', -25);
  assert.equal(times.of('a'), 2);
});

test('what turns out late to have taken longer is counted from when it was charged', () => {
  const times = new ServiceTimes();
  times.charge([{ sweep: 'long', served: 2, wantsMore: false }]);
  for (let turn = 0; turn < 900; turn++) times.charge([{ sweep: 'short', served: 2, wantsMore: true }]);
  times.correct('long', 598);
  assert.equal(times.of('long'), times.of('new'), 'it has had less than the others');
  times.correct('long', 5000);
  assert.equal(times.of('long'), 5600);
  times.retain(new Set(['short']));
  assert.equal(times.of('long'), times.of('new'));
});

test('a sweep that comes later gets its share from then on, and nothing for the time before', () => {
  const times = new ServiceTimes();
  times.charge([{ sweep: 'old', served: 500, wantsMore: true }]);
  times.charge([{ sweep: 'old', served: 1, wantsMore: true }]);
  assert.equal(times.of('new'), 500);
  assert.equal(times.of('old'), 501);
});
