import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exampleExperiment } from '../testing/example-experiment.ts';
import { specOf } from '../testing/parse.ts';
import { createGrid, type Grid } from './grid.ts';
import { IndexSet } from './index-set.ts';
import { planSweep } from './plan-sweep.ts';

const grid = createGrid(
  specOf(
    'axes: { depth: [1, 2, 3], damping: [0, 0.1, 1, 2], width: [8, 16] }\nrepeats: 3\nwhere: "damping > 0 || depth > 1"',
  ),
  exampleExperiment,
);
const indices = (upTo: number) => Array.from({ length: upTo }, (_, i) => i);

test('invariant 3: planning is a pure function of what is done, what is in flight and a cursor', () => {
  const input = {
    grid,
    done: IndexSet.of([0, 5]),
    inFlight: IndexSet.of([1]),
    cursor: 0,
    budget: 20,
    batchSize: () => 4,
  };
  const plan = planSweep(input);
  assert.deepEqual(planSweep(input), plan);
  assert.deepEqual([input.done.size, input.inFlight.size], [2, 1]);
});

test('invariant 3: any history of plans, records and losses delivers every trial and ends', () => {
  const step = fc.record({
    budget: fc.integer({ min: 0, max: 30 }),
    batchSize: fc.integer({ min: 1, max: 9 }),
    recorded: fc.integer({ min: 0, max: 100 }),
    lost: fc.integer({ min: 0, max: 100 }),
    restart: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (history) => {
      const done = new IndexSet();
      const inFlight = new IndexSet();
      let cursor = 0;
      const settle = (percent: number, action: (index: number) => void) => {
        for (const index of [...inFlight].filter((i) => (i * 37) % 100 < percent)) {
          inFlight.delete(index);
          action(index);
        }
      };
      const drain = { budget: grid.size, batchSize: 5, recorded: 100, lost: 0, restart: false };
      for (const { budget, batchSize, recorded, lost, restart } of [...history, drain, drain]) {
        const plan = planSweep({ grid, done, inFlight, cursor, budget, batchSize: () => batchSize });
        const planned = plan.batches.flat();
        assert.ok(planned.length <= budget);
        assert.equal(planned.length, Math.min(budget, grid.size - done.size - inFlight.size));
        for (const batch of plan.batches) {
          assert.ok(batch.length >= 1 && batch.length <= batchSize);
          assert.equal(new Set(batch.map(({ index }) => grid.structuralKey(index))).size, 1);
        }
        for (const trial of planned) {
          assert.ok(!done.has(trial.index), 'a recorded trial was planned again');
          assert.ok(inFlight.add(trial.index), 'a trial was planned twice');
          assert.deepEqual(trial, grid.trial(trial.index));
        }
        assert.equal(plan.exhausted, done.size + inFlight.size === grid.size);
        settle(lost, () => undefined);
        settle(recorded, (index) => done.add(index));
        cursor = restart ? 0 : plan.cursor;
      }
      assert.equal(done.size, grid.size);
    }),
    { numRuns: 100 },
  );
});

test('invariant 3: a batch never mixes structural groups and passes over recorded trials', () => {
  const done = IndexSet.of(indices(grid.size).filter((i) => i % 3 !== 0));
  const { batches } = planSweep({ grid, done, inFlight: new IndexSet(), cursor: 0, budget: 1000, batchSize: () => 64 });
  assert.deepEqual(
    batches.flat().map(({ index }) => index),
    indices(grid.size).filter((i) => i % 3 === 0),
  );
});

test('invariant 3: the cost of a plan is that of its batches, not of the grid', () => {
  let looked = 0;
  const counting: Grid = {
    size: 1e9,
    excluded: 0,
    trial: (index) => (looked++, { ...grid.trial(0), index }),
    locate: () => undefined,
    structuralKey: () => (looked++, ''),
    groupEnd: (_, limit) => (looked++, limit),
  };
  const done = IndexSet.of(indices(1_000_000));
  const plan = planSweep({
    grid: counting,
    done,
    inFlight: new IndexSet(),
    cursor: 0,
    budget: 64,
    batchSize: () => 32,
  });
  assert.deepEqual(
    plan.batches.map((batch) => [batch[0]!.index, batch.length]),
    [
      [1_000_000, 32],
      [1_000_032, 32],
    ],
  );
  assert.equal(looked, 64 + 2 + 2);
});
