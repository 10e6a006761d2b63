import { plural } from './counts.ts';
import type { Condition } from './expression.ts';
import { applyFactor, isPresent, positionOf, type Factor } from './factor.ts';
import { GridError } from './grid-error.ts';
import { lexicographicOrder, PositionColumns } from './position-columns.ts';
import { quoteConditions } from './quote-conditions.ts';
import type { ParameterValue, Parameters } from './trial.ts';

/** Combinations of coupled factors that may be looked at while a grid is made: half a second of work, 50 MB. */
const MAX_COMBINATIONS = 2 ** 21;
/** Operations of their conditions that may be carried out meanwhile: some tenths of a second more. */
const MAX_OPERATIONS = 2 ** 26;

/**
 * Factors that conditions couple, with their allowed combinations. Combination c sets the parameters of factor k to
 * position `positions[k][c]`; an absent conditional factor has position -1. Combinations that agree in the structural
 * factors are neighbours: group g holds those in [groupStarts[g], groupStarts[g + 1]).
 */
export interface Component {
  readonly factors: readonly Factor[];
  readonly size: number;
  readonly positions: readonly Int32Array[];
  readonly groupStarts: Int32Array;
}

/** The combination that sets these parameters, by bisection; undefined if conditions or values exclude it. */
export function combinationOf({ factors, positions, size }: Component, params: Parameters): number | undefined {
  const wanted = factors.map((factor) => (isPresent(factor, params) ? positionOf(factor, params) : -1));
  if (wanted.includes(undefined)) return undefined;
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const k = positions.findIndex((column, factor) => column[middle] !== wanted[factor]);
    if (k < 0) return middle;
    if (positions[k]![middle]! < wanted[k]!) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** Splits factors into components such that every condition reads the factors of one component only. */
export function createComponents(
  factors: readonly Factor[],
  where: readonly Condition[],
  base: Parameters,
): readonly Component[] {
  const unmet = where.find((condition) => readsNone(condition, factors) && !condition.holds(base));
  if (unmet !== undefined) throw new GridError('empty', 'where', `"${unmet.text}" holds at no point`);
  let combinations = 0;
  let operations = 0;
  return coupled(factors, where).map((group) =>
    enumerate(group, base, {
      combination: () => {
        if (++combinations > MAX_COMBINATIONS && group.members.length > 1) throw tooLarge(group);
      },
      evaluation: (condition) => {
        operations += condition.operations;
        if (operations > MAX_OPERATIONS) throw tooCostly(group);
      },
    }),
  );
}

/** Told of all work before it is done. */
interface Meter {
  combination(): void;
  evaluation(condition: Condition): void;
}

function readsNone(condition: Condition, factors: readonly Factor[]): boolean {
  return !factors.some((factor) => factor.parameters.some((name) => condition.names.has(name)));
}

interface Coupled {
  readonly members: readonly Factor[];
  readonly conditions: readonly Condition[];
}

function coupled(factors: readonly Factor[], where: readonly Condition[]): readonly Coupled[] {
  const parent = factors.map((_, i) => i);
  const root = (i: number): number => (parent[i] === i ? i : root(parent[i]!));
  const owners = new Map(factors.flatMap((factor, i) => factor.parameters.map((name) => [name, i] as const)));
  const join = (indices: readonly number[]) => indices.forEach((i) => (parent[root(i)] = root(indices[0]!)));
  const readers = (condition: Condition) =>
    [...condition.names].map((name) => owners.get(name)).filter((i): i is number => i !== undefined);

  for (const [i, factor] of factors.entries()) join([i, ...factor.when.flatMap(readers)]);
  for (const condition of where) if (readers(condition).length > 0) join(readers(condition));

  const roots = [...new Set(factors.map((_, i) => root(i)))];
  return roots.map((r) => ({
    members: factors.filter((_, i) => root(i) === r),
    conditions: where.filter((condition) => readers(condition).some((i) => root(i) === r)),
  }));
}

/** Backtracking over the factors; a condition is tested as soon as every factor that it reads is set. */
function enumerate({ members, conditions }: Coupled, base: Parameters, meter: Meter): Component {
  const visit = inDependencyOrder(members);
  const setAfter = (condition: Condition) =>
    Math.max(
      ...visit.map((factor, depth) => (factor.parameters.some((name) => condition.names.has(name)) ? depth : 0)),
    );
  const testsAt = visit.map((_, depth) => conditions.filter((condition) => setAfter(condition) === depth));
  const params: Record<string, ParameterValue> = { ...base };
  const chosen = new Int32Array(visit.length);
  const found = new PositionColumns(visit.length);

  const holds = (condition: Condition): boolean => {
    meter.evaluation(condition);
    return condition.holds(params);
  };
  const descend = (depth: number): void => {
    const factor = visit[depth];
    if (factor === undefined) return found.add(chosen);
    const present = factor.when.every(holds);
    for (let position = 0; position < (present ? factor.length : 1); position++) {
      meter.combination();
      if (present) applyFactor(factor, position, params);
      chosen[depth] = present ? position : -1;
      if (testsAt[depth]!.every(holds)) descend(depth + 1);
    }
    for (const name of factor.parameters) params[name] = base[name]!;
  };
  descend(0);
  return structuralFirst(visit, found.take());
}

function tooLarge({ members, conditions }: Coupled): GridError {
  const clauses = allConditions({ members, conditions });
  const names = members.flatMap((factor) => factor.parameters).join(', ');
  return new GridError(
    'too-large',
    'where',
    `${quoteConditions(clauses)} couple${clauses.length === 1 ? 's' : ''} the axes ${names}, which have more than ` +
      `${MAX_COMBINATIONS} combinations; ` +
      'use fewer values or conditions that read fewer axes',
  );
}

function tooCostly(group: Coupled): GridError {
  const conditions = allConditions(group).length;
  const combinations = group.members.reduce((product, { length }) => product * length, 1);
  const names = group.members.flatMap((factor) => factor.parameters).join(', ');
  return new GridError(
    'too-large',
    'where',
    `${plural(conditions, 'condition')} over ${plural(combinations, 'combination')} of ` +
      `${names} take too long to evaluate; use fewer or simpler conditions (one "in" stands for many comparisons) or ` +
      'fewer values, or split the sweep',
  );
}

function allConditions({ members, conditions }: Coupled): readonly Condition[] {
  return [...conditions, ...members.flatMap((factor) => factor.when)];
}

/** Each factor after those that its `when` reads. Throws `GridError` if conditions depend on each other in a circle. */
function inDependencyOrder(members: readonly Factor[]): readonly Factor[] {
  const ordered: Factor[] = [];
  const waiting = new Set(members);
  while (waiting.size > 0) {
    const blocked = new Set([...waiting].flatMap((factor) => factor.parameters));
    const next = [...waiting].find((factor) =>
      factor.when.every(({ names }) => [...names].every((name) => !blocked.has(name))),
    );
    if (next === undefined) {
      const names = [...waiting].flatMap((factor) => factor.parameters).join(', ');
      throw new GridError('cyclic', 'axes', `the conditions "when" of ${names} depend on each other in a circle`);
    }
    waiting.delete(next);
    ordered.push(next);
  }
  return ordered;
}

/** Sorts the combinations so that structural factors vary slowest, and marks where they change. */
function structuralFirst(visit: readonly Factor[], found: readonly Int32Array[]): Component {
  const size = found[0]!.length;
  const byRank = [...visit.keys()].sort((a, b) => Number(visit[b]!.structural) - Number(visit[a]!.structural) || a - b);
  const factors = byRank.map((k) => visit[k]!);
  const columns = byRank.map((k) => found[k]!);
  const sorted = byRank.every((k, rank) => k === rank);
  const order = sorted ? undefined : lexicographicOrder(columns);
  const positions = order === undefined ? columns : columns.map((column) => Int32Array.from(order, (c) => column[c]!));

  const structural = positions.filter((_, k) => factors[k]!.structural);
  const startsGroup = (c: number) => c === 0 || structural.some((column) => column[c] !== column[c - 1]);
  const starts = new PositionColumns(1);
  for (let c = 0; c < size; c++) if (startsGroup(c)) starts.add(Int32Array.of(c));
  starts.add(Int32Array.of(size));
  return { factors, size, positions, groupStarts: starts.take()[0]! };
}
