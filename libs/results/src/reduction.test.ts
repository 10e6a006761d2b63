import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Cell } from './connection.ts';
import type { Group } from './grouped-moments.ts';
import type { Statistic } from './moments.ts';
import { pairKey } from './pair-key.ts';
import { createReducer } from './reduction.ts';
import type { Reduction } from './reduction.ts';

/** What becomes of rows that are dealt out, each to the reducer that stands beside it; parts travel as between threads. */
function groupsOf(reduction: Reduction, dealt: readonly (readonly [row: readonly Cell[], to: number])[]): Group[] {
  const [first, ...others] = [0, 1, 2].map((reducer) => {
    const own = createReducer(reduction);
    for (const [row, to] of dealt) if (to === reducer) own.add(row);
    return own;
  });
  for (const other of others) first!.merge(structuredClone(other.part()));
  return first!.groups();
}

function assertSame(actual: readonly Group[], expected: readonly Group[]): void {
  const byKeys = new Map(actual.map((group) => [JSON.stringify(group.keys), group]));
  assert.equal(byKeys.size, expected.length);
  assert.equal(actual.length, expected.length);
  for (const { keys, count, statistics } of expected) {
    const group = byKeys.get(JSON.stringify(keys));
    assert.equal(group?.count, count);
    for (const [position, [measured, mean, deviation, greatest]] of statistics.entries()) {
      const [found, ...others]: Statistic = group.statistics[position]!;
      assert.equal(found, measured);
      for (const [place, value] of [mean, deviation, greatest].entries())
        if (value === null) assert.equal(others[place], null);
        else assert.ok(Math.abs(others[place]! - value) < 1e-10, `${others[place]}, not ${value}`);
    }
  }
}

const reducerOf = fc.nat({ max: 2 });
const measured = fc.option(fc.double({ min: -100, max: 100, noNaN: true }));

describe('rows that are dealt out to reducers in any way', () => {
  test('make the same groups', () => {
    const key = fc.constantFrom<Cell>(null, 1, 2, 'exact', 'kfac', '1');
    const row = fc.tuple(fc.constant(0), key, key, measured, measured);
    fc.assert(
      fc.property(fc.array(fc.tuple(row, reducerOf), { size: 'large', maxLength: 200 }), (dealt) => {
        const reduction = { kind: 'groups', keys: 2, values: 2 } as const;
        const inOne = dealt.map(([row]) => [row, 0] as const);
        assertSame(groupsOf(reduction, dealt), groupsOf(reduction, inOne));
      }),
    );
  });

  test('make the same pairs', () => {
    const trial = fc.record({
      rank: fc.constantFrom(4, 8, 'full', true, undefined),
      depth: fc.nat({ max: 3 }),
      seed: fc.nat({ max: 5 }),
      loss: fc.double({ min: -100, max: 100, noNaN: true }),
      to: reducerOf,
    });
    const unique = {
      selector: (one: { rank: unknown; depth: number; seed: number }) => `${one.rank} ${one.depth} ${one.seed}`,
    };
    fc.assert(
      fc.property(fc.uniqueArray(trial, { ...unique, size: 'large', maxLength: 120 }), (trials) => {
        const types = ['boolean', 'number', 'string'] as const;
        const reduction = { kind: 'pairs', parameter: 'rank', types, baseline: 8, keys: 1 } as const;
        const dealt = trials.map(({ rank, depth, seed, loss, to }) => {
          const key = pairKey({ depth, ...(rank !== undefined && { rank }) }, seed);
          const ranks = types.map((type) => (typeof rank === type ? (rank === true ? 1 : (rank as Cell)) : null));
          return [[0, Number(key >> 31n), Number(key & 0x7fffffffn), loss, ...ranks, depth], to] as const;
        });
        const differences = new Map<string, number[]>();
        for (const { rank, depth, seed, loss } of trials) {
          const baseline = trials.find((other) => other.rank === 8 && other.depth === depth && other.seed === seed);
          if (rank === undefined || rank === 8 || baseline === undefined) continue;
          const group = JSON.stringify([
            ...types.map((type) => (typeof rank === type ? (rank === true ? 1 : rank) : null)),
            depth,
          ]);
          differences.set(group, [...(differences.get(group) ?? []), loss - baseline.loss]);
        }
        const found = groupsOf(reduction, dealt).filter(({ statistics }) => statistics[0]![0] > 0);
        assert.equal(found.length, differences.size);
        for (const { keys, statistics } of found) {
          const of = differences.get(JSON.stringify(keys))!;
          const [count, mean, , greatest] = statistics[0]!;
          assert.equal(count, of.length);
          assert.ok(Math.abs(mean! - of.reduce((sum, each) => sum + each, 0) / of.length) < 1e-10);
          assert.ok(greatest === Math.max(...of));
        }
      }),
    );
  });
});
