import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

type Cell = number | string | null;

/** Keys, number of rows, and for each value how often it was not null, its mean and its sample deviation. */
export type HashedGroup = [
  keys: Cell[],
  count: number,
  statistics: [count: number, mean: number | null, deviation: number | null][],
];

/** The SQL function's name. */
export const hashGroups = 'natsweep_hash_groups';

interface Leaf {
  readonly keys: Cell[];
  count: number;
  /** Count, mean and sum of squared residuals per value: Welford's update, as plain sums of squares cancel. */
  readonly moments: Float64Array;
}

type Level = Map<SQLOutputValue, Level | Leaf>;

/** `natsweep_hash_groups(n, key 1, …, key n, value 1, …)`: all groups as a JSON array of `HashedGroup`. */
export function addHashGroups(database: DatabaseSync): void {
  const create = { start: () => new Map() as Level, step, result: (root: Level) => JSON.stringify(leaves(root)) };
  // the declared types allow only SQL values as state; any JavaScript value is kept
  database.aggregate(hashGroups, { varargs: true, deterministic: true, ...create } as never);
}

function step(root: Level, keyCount: number, ...cells: SQLOutputValue[]): Level {
  let level = root;
  // without keys there is one group, under a key that no column has
  const last = keyCount === 0 ? '' : cells[keyCount - 1]!;
  for (let key = 0; key < keyCount - 1; key++) {
    let next = level.get(cells[key]!) as Level | undefined;
    if (next === undefined) level.set(cells[key]!, (next = new Map()));
    level = next;
  }
  let leaf = level.get(last) as Leaf | undefined;
  if (leaf === undefined) {
    leaf = {
      keys: cells.slice(0, keyCount) as Cell[],
      count: 0,
      moments: new Float64Array(3 * (cells.length - keyCount)),
    };
    level.set(last, leaf);
  }
  leaf.count++;
  const { moments } = leaf;
  for (let at = 0, cell = keyCount; cell < cells.length; cell++, at += 3) {
    const value = cells[cell];
    if (typeof value !== 'number') continue;
    const count = ++moments[at]!;
    const residual = value - moments[at + 1]!;
    moments[at + 1]! += residual / count;
    moments[at + 2]! += residual * (value - moments[at + 1]!);
  }
  return root;
}

function leaves(level: Level): HashedGroup[] {
  return [...level.values()].flatMap((next) => (next instanceof Map ? leaves(next) : [hashedGroup(next)]));
}

function hashedGroup({ keys, count, moments }: Leaf): HashedGroup {
  const statistics: HashedGroup[2] = [];
  for (let at = 0; at < moments.length; at += 3) {
    const [measured, mean, squares] = moments.subarray(at, at + 3) as unknown as [number, number, number];
    statistics.push([measured, measured > 0 ? mean : null, measured > 1 ? Math.sqrt(squares / (measured - 1)) : null]);
  }
  return [keys, count, statistics];
}
