import type { Columns } from './columns.ts';
import type { TrialRow } from './store.ts';

export type Cell = string | number | boolean | null;

/** One column of an exported table. */
export interface ExportColumn {
  readonly name: string;
  readonly type: 'DOUBLE' | 'INT64' | 'STRING' | 'BOOLEAN';
  readonly cell: (row: TrialRow) => Cell;
}

/**
 * A flat table: place, parameters, how the trial ended, metrics, where it ran. A parameter and a metric that share a
 * name, or a name with a fixed column, are called `params.NAME` and `metrics.NAME`.
 */
export function exportColumns({ params, metrics }: Columns): ExportColumn[] {
  const names = [
    ...[...place, ...ending, ...circumstances].map(({ name }) => name),
    ...params.keys(),
    ...metrics.keys(),
  ];
  const taken = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  const parameters = [...params].map(([name, columns]): ExportColumn => {
    const mixed = columns.length > 1;
    return {
      name: taken(name) ? `params.${name}` : name,
      type: mixed ? 'STRING' : parameterTypes[columns[0]!.type],
      cell: (row) => (Object.hasOwn(row.params, name) ? textIf(mixed, row.params[name]!) : null),
    };
  });
  const measured = [...metrics.keys()].map((name): ExportColumn => ({
    name: taken(name) ? `metrics.${name}` : name,
    type: 'DOUBLE',
    cell: (row) => (row.kind === 'observation' ? (row.metrics[name] ?? null) : null),
  }));
  return [...place, ...parameters, ...ending, ...measured, ...circumstances];
}

const parameterTypes = { number: 'DOUBLE', string: 'STRING', boolean: 'BOOLEAN' } as const;

function textIf(text: boolean, value: Cell): Cell {
  return text ? String(value) : value;
}

const place: readonly ExportColumn[] = [
  { name: 'index', type: 'INT64', cell: ({ index }) => index },
  { name: 'trialId', type: 'STRING', cell: ({ trialId }) => trialId },
  { name: 'seed', type: 'INT64', cell: ({ seed }) => seed },
];

const ending: readonly ExportColumn[] = [
  { name: 'outcome', type: 'STRING', cell: (row) => (row.kind === 'observation' ? row.outcome : null) },
  { name: 'failure', type: 'STRING', cell: (row) => (row.kind === 'failed' ? row.failure : null) },
];

const circumstances: readonly ExportColumn[] = [
  { name: 'elapsedSeconds', type: 'DOUBLE', cell: ({ attempt }) => attempt.elapsedSeconds },
  { name: 'peakMemoryBytes', type: 'DOUBLE', cell: ({ attempt }) => attempt.peakMemoryBytes ?? null },
  { name: 'startedAtMs', type: 'DOUBLE', cell: ({ attempt }) => attempt.startedAtMs },
  { name: 'attempt', type: 'INT64', cell: ({ attempt }) => attempt.attempt },
  { name: 'worker', type: 'STRING', cell: ({ attempt }) => attempt.worker },
  { name: 'slot', type: 'STRING', cell: ({ attempt }) => attempt.slot },
  { name: 'engine', type: 'STRING', cell: (row) => (row.kind === 'observation' ? row.engine.engine : null) },
  { name: 'device', type: 'STRING', cell: (row) => (row.kind === 'observation' ? row.engine.device : null) },
  { name: 'precision', type: 'STRING', cell: (row) => (row.kind === 'observation' ? row.engine.precision : null) },
  { name: 'message', type: 'STRING', cell: (row) => (row.kind === 'failed' ? row.message : null) },
];
