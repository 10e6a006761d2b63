import {
  createGrid,
  ExpressionError,
  parameterTypes,
  parseConditions,
  trialIdLength,
  type Grid,
  type SweepSpec,
} from '@natsweep/sweep';

import { badInput } from '../exit.ts';
import type { RecordedSweep } from './recorded-sweep.ts';
import { isEquality, parseEqualities } from './selection.ts';

export interface SelectionOptions {
  /** PARAMETER=VALUE, or a condition over parameters in the language of a sweep's `where`; all must hold. */
  readonly where: readonly string[];
  /** Beginnings of trial ids; any of them. None: every id. */
  readonly ids: readonly string[];
  /** Called now and then with how many trials were looked at, and of how many. */
  readonly onProgress?: (looked: number, of: number) => void;
}

const progressEvery = 100_000;

/**
 * Positions in the grid of the planned trials that are selected, recorded or not, one after the other: none but those
 * that meet the conditions are looked at. Throws a `CliError` for a condition that cannot be.
 */
export function* selectPlanned(sweep: RecordedSweep, { where, ids, onProgress }: SelectionOptions): Generator<number> {
  const conditions = where.map((text) => toCondition(text, sweep));
  const grid = createGrid(sweep.spec, sweep.declaration);
  const left = new Set(ids.filter(({ length }) => length === trialIdLength));
  const canStop = ids.length > 0 && left.size === ids.length;
  const { size, indices } = matching(grid, conditions, sweep);
  let looked = 0;
  for (const index of indices) {
    if (++looked % progressEvery === 0) onProgress?.(looked, size);
    if (ids.length > 0) {
      const { trialId } = grid.trial(index);
      if (!ids.some((id) => trialId.startsWith(id))) continue;
      left.delete(trialId);
    }
    yield index;
    if (canStop && left.size === 0) return;
  }
}

interface Matching {
  /** Trials to look at: those that match, or all where it takes looking to know. */
  readonly size: number;
  readonly indices: Iterable<number>;
}

/** Of a grid, the conditions make a smaller grid; sampled points, a million at most, are looked at one by one. */
function matching(grid: Grid, conditions: readonly string[], { spec, declaration }: RecordedSweep): Matching {
  if (conditions.length === 0) return { size: grid.size, indices: numbersBelow(grid.size) };
  if (spec.search.kind !== 'grid') {
    const types = parameterTypes(declaration);
    const parsed = conditions.flatMap((text) => parseConditions(text, types));
    const matches = (index: number) => parsed.every((condition) => condition.holds(grid.trial(index).params));
    return { size: grid.size, indices: repeatsOf(grid, spec.repeats, matches) };
  }
  const selected = gridWhere(spec, conditions, declaration);
  if (selected === undefined) return { size: 0, indices: [] };
  return { size: selected.size, indices: located(selected, grid) };
}

/** Undefined where no point meets the conditions. */
function gridWhere(
  spec: SweepSpec,
  conditions: readonly string[],
  declaration: RecordedSweep['declaration'],
): Grid | undefined {
  try {
    return createGrid({ ...spec, where: [...spec.where, ...conditions] }, declaration);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'empty') return undefined;
    throw error;
  }
}

function* located(selected: Grid, grid: Grid): Generator<number> {
  for (let i = 0; i < selected.size; i++) yield grid.locate(selected.trial(i))!;
}

/** The repeats of a point are neighbours and match as one. */
function* repeatsOf(grid: Grid, repeats: number, matches: (index: number) => boolean): Generator<number> {
  for (let first = 0; first < grid.size; first += repeats) {
    if (matches(first)) for (let r = 0; r < repeats; r++) yield first + r;
  }
}

function* numbersBelow(size: number): Generator<number> {
  for (let index = 0; index < size; index++) yield index;
}

/** A condition in the language of `where`; an equality is checked against the types of the parameters first. */
function toCondition(text: string, sweep: RecordedSweep): string {
  if (isEquality(text)) {
    const [[name, value]] = Object.entries(parseEqualities([text], sweep)) as [[string, unknown]];
    return `${name} == ${typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : String(value)}`;
  }
  try {
    parseConditions(text, parameterTypes(sweep.declaration));
    return text;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const hint = error.suggestion === undefined ? '' : `; did you mean ${error.suggestion}?`;
    throw badInput(`--where ${text}: ${error.message}${hint}`);
  }
}
