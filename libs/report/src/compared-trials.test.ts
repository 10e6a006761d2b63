import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComparedTrials } from './compared-trials.ts';

test('sides have the order of the positions, however trials were recorded', () => {
  const trials = new ComparedTrials();
  const [exact, kfac, other] = [{ method: 'exact' }, { method: 'kfac' }, { depth: 3 }];
  trials.add({ position: 5, params: exact, seed: 1, value: 0.5 });
  trials.add({ position: 1e9, params: exact, seed: 2, value: null });
  trials.add({ position: 7, params: other, seed: 3, value: 0.75 });
  trials.add({ position: 2, params: kfac, seed: 4, value: 0 });
  trials.add({ position: 3, params: exact, seed: 5, value: 1 });
  const sides = [...trials.sides('method')].map(([value, { trials: numbers, points }]) => ({
    value,
    seeds: numbers.map((trial) => trials.seeds[trial]),
    values: numbers.map((trial) => trials.values[trial]),
    points: [...points],
  }));
  assert.deepEqual(sides, [
    { value: 'kfac', seeds: [4], values: [0], points: [kfac] },
    { value: 'exact', seeds: [5, 1, 2], values: [1, 0.5, NaN], points: [exact] },
  ]);
});

test('what is compared of the parameters is asked once for trials that share them', () => {
  const trials = new ComparedTrials();
  const params = { depth: 3, damping: 0.1 };
  let asked = 0;
  const placed = () => ({ depth: 3 + asked++ });
  for (const position of [0, 1]) trials.add({ position, params, seed: position, value: 1 }, placed);
  assert.deepEqual([asked, trials.params(0)], [1, { depth: 3 }]);
  assert.equal(trials.params(1), trials.params(0));
});
