import type { ParameterValue } from '@natsweep/sweep';
import { sql } from 'kysely';
import type { Column } from './columns.ts';
import type { Cell, Connection } from './connection.ts';
import { KeyedValues } from './keyed-values.ts';
import { GroupedMoments } from './moments.ts';
import type { Group, Moments } from './moments.ts';
import { valueKey } from './pair-key.ts';
import type { Key } from './pair-key.ts';
import type { Pairing } from './pairs.ts';
import { scan } from './scan.ts';

/** Where cells stand in a row of the scan, after its id; the compared columns and the keys are the last ones. */
const place = { high: 1, low: 2, metric: 3, compared: 4 } as const;

/** One pass: baselines are kept by their keys, other trials until their baseline has come. */
export async function sqlitePairs(connection: Connection, pairing: Pairing): Promise<Group[]> {
  const { trials, metric, parameter, compared, baseline, keys } = pairing;
  const moments = new GroupedMoments(compared.length + keys.length, 1);
  const baselines = new KeyedValues();
  const early: { readonly key: Key; readonly value: number; readonly group: Moments }[] = [];
  const add = (value: number, of: number, group: Moments) => {
    if (Number.isFinite(value - of)) group.addValue(0, value - of);
  };
  const compares = comparedValues(parameter, compared);
  const pages = scan(connection, trials, [
    sql<number>`pair_key >> 31`.as('high'),
    sql<number>`pair_key & 2147483647`.as('low'),
    metric,
    ...compared.map(({ column }) => column),
    ...keys,
  ]);
  for await (const page of pages)
    for (const row of page) {
      const side = compares(row);
      if (side === undefined) continue;
      const high = (row[place.high] as number) ^ side.key.high;
      const low = (row[place.low] as number) ^ side.key.low;
      const value = row[place.metric] as number;
      if (side.value === baseline) {
        baselines.set(high, low, value);
        continue;
      }
      const group = moments.of(row, place.compared);
      const partner = baselines.get(high, low);
      if (Number.isNaN(partner)) early.push({ key: { high, low }, value, group });
      else add(value, partner, group);
    }
  for (const { key, value, group } of early) add(value, baselines.get(key.high, key.low), group);
  return moments.groups();
}

interface Side {
  readonly value: ParameterValue;
  readonly key: Key;
}

/** The compared parameter's value in a row, in whichever of its columns it has one, with the key that it is left out by. */
function comparedValues(parameter: string, columns: readonly Column[]): (row: readonly Cell[]) => Side | undefined {
  const known = columns.map(() => new Map<Cell, Side>());
  return (row) => {
    for (let position = 0; position < columns.length; position++) {
      const cell = row[place.compared + position]!;
      if (cell === null) continue;
      let side = known[position]!.get(cell);
      if (side === undefined) {
        const value = columns[position]!.type === 'boolean' ? cell === 1 : cell;
        known[position]!.set(cell, (side = { value, key: valueKey(parameter, value) }));
      }
      return side;
    }
    return undefined;
  };
}
