import type { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

import { table } from './panels.ts';
import type { PanelSpec } from './panels.ts';
import { asRows } from './prometheus-query.ts';

interface ValueColumn {
  readonly expr: string;
  /** Default: the unit of the panel. */
  readonly unit?: string;
  readonly properties?: readonly DynamicConfigValue[];
}

export interface JoinedTableSpec extends Omit<PanelSpec, 'queries'> {
  /** The label that rows are about; every query has one series for each of its values. */
  readonly by: string;
  /** Queries whose other labels become columns of words. */
  readonly words: readonly string[];
  /** Queries whose values become columns of numbers, by the title of the column. */
  readonly numbers: Readonly<Record<string, ValueColumn>>;
  readonly links?: readonly { readonly title: string; readonly url: string }[];
}

/** A table of the present values of several metrics, one row for each value of a label. */
export function joinedTable({ by, words, numbers, links = [], ...spec }: JoinedTableSpec): TablePanel {
  const columns = Object.entries(numbers);
  const queries = [...words, ...columns.map(([, { expr }]) => expr)];
  // Grafana names the columns of joined queries so: "Time 1", "Value #A"
  const value = (query: number) => `Value #${String.fromCharCode(65 + query)}`;
  const hidden = ['Time', ...queries.map((_, i) => `Time ${i + 1}`), ...words.map((_, i) => value(i))];
  const titles = columns.map(([title], i) => [value(words.length + i), title] as const);
  const overrides = columns.flatMap(([title, { unit, properties = [] }]) => {
    const all = [...(unit === undefined ? [] : [{ id: 'unit', value: unit }]), ...properties];
    return all.length === 0 ? [] : [[title, all] as const];
  });
  return table({
    ...spec,
    queries: queries.map(asRows),
    transformations: [
      { id: 'joinByField', options: { byField: by, mode: 'outer' } },
      {
        id: 'organize',
        options: {
          excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
          renameByName: Object.fromEntries(titles),
        },
      },
    ],
    columns: { ...Object.fromEntries(overrides), ...(links.length > 0 && { [by]: [{ id: 'links', value: links }] }) },
  });
}
