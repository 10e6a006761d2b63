import type { EngineInfo } from '@natsweep/sweep';
import { sql } from 'kysely';
import type { Column } from './columns.ts';
import type { Cell } from './connection.ts';
import type { SweepPlace, TrialColumn } from './query.ts';
import type { Scanned } from './scan.ts';
import { detailTable, trialTable } from './sweep-tables.ts';
import type { Texts } from './texts.ts';

export type ExportCell = string | number | boolean | null;

/** One column of an exported table. */
export interface ExportColumn {
  readonly name: string;
  readonly type: 'DOUBLE' | 'INT64' | 'STRING' | 'BOOLEAN';
  /** What it is made of, in the database. */
  readonly from: readonly Scanned[];
  /** Its value in a row whose cells of `from` begin at `first`. Texts that the row refers to must be loaded. */
  readonly cell: (row: readonly Cell[], first: number) => ExportCell;
}

/**
 * A flat table: place, parameters, how the trial ended, metrics, where it ran. A parameter and a metric that share a
 * name, or a name with a fixed column, are called `params.NAME` and `metrics.NAME`.
 */
export function exportColumns(sweep: SweepPlace, texts: Texts): ExportColumn[] {
  const { params, metrics } = sweep.columns;
  const [place, ending, circumstances] = [placeColumns, endingColumns, circumstanceColumns(sweep, texts)];
  const names = [
    ...[...place, ...ending, ...circumstances].map(({ name }) => name),
    ...params.keys(),
    ...metrics.keys(),
  ];
  const taken = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  const parameters = [...params].map(([name, columns]) => parameter(taken(name) ? `params.${name}` : name, columns));
  const measured = [...metrics].map(([name, column]) =>
    plain(taken(name) ? `metrics.${name}` : name, 'DOUBLE', column),
  );
  return [...place, ...parameters, ...ending, ...measured, ...circumstances];
}

/** Values of several types are texts. */
function parameter(name: string, columns: readonly Column[]): ExportColumn {
  const from = columns.map(({ column }) => column);
  const value = (cell: Cell, { type }: Column) => (type === 'boolean' ? cell === 1 : cell);
  if (columns.length === 1) {
    const [only] = columns as [Column];
    const cell = (row: readonly Cell[], first: number) => (row[first] === null ? null : value(row[first]!, only));
    return { name, type: parameterTypes[only.type], from, cell };
  }
  const cell = (row: readonly Cell[], first: number) => {
    const type = columns.findIndex((_, position) => row[first + position] !== null);
    return type < 0 ? null : String(value(row[first + type]!, columns[type]!));
  };
  return { name, type: 'STRING', from, cell };
}

const parameterTypes = { number: 'DOUBLE', string: 'STRING', boolean: 'BOOLEAN' } as const;

function plain(name: string, type: ExportColumn['type'], from: TrialColumn): ExportColumn {
  return { name, type, from: [from], cell: (row, first) => row[first]! };
}

const placeColumns = [
  plain('index', 'INT64', 'trial_index'),
  plain('trialId', 'STRING', 'trial_id'),
  plain('seed', 'INT64', 'seed'),
];

const endingColumns = [plain('outcome', 'STRING', 'outcome'), plain('failure', 'STRING', 'failure')];

function circumstanceColumns({ id }: SweepPlace, texts: Texts): ExportColumn[] {
  const engine = (name: 'engine' | 'device' | 'precision') =>
    ofText(name, 'engine_text', (text) => (texts.json(text) as EngineInfo)[name]);
  const slot = (text: number) => texts.json(text) as [worker: string, slot: string];
  const details = detailTable(id);
  const message = sql<string | null>`case when outcome is null then
    (select message from ${sql.table(details)} where ${sql.ref(`${details}.id`)} = ${sql.ref(`${trialTable(id)}.id`)}) end`;
  return [
    plain('elapsedSeconds', 'DOUBLE', 'elapsed_seconds'),
    plain('peakMemoryBytes', 'DOUBLE', 'peak_memory_bytes'),
    plain('startedAtMs', 'DOUBLE', 'started_at_ms'),
    plain('attempt', 'INT64', 'attempt'),
    ofText('worker', 'slot_text', (text) => slot(text)[0]),
    ofText('slot', 'slot_text', (text) => slot(text)[1]),
    engine('engine'),
    engine('device'),
    engine('precision'),
    { name: 'message', type: 'STRING', from: [message.as('message')], cell: (row, first) => row[first]! },
  ];
}

function ofText(name: string, from: 'slot_text' | 'engine_text', part: (text: number) => string): ExportColumn {
  const cell = (row: readonly Cell[], first: number) => (row[first] === null ? null : part(row[first] as number));
  return { name, type: 'STRING', from: [from], cell };
}
