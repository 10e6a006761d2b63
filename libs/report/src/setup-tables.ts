import { plural, type Axis, type SweepSpec } from '@natsweep/sweep';
import { version } from '@natsweep/telemetry/version';
import { formatMeasured, formatValue } from './number-format.ts';
import type { SweepResults } from './sweep-results.ts';
import type { Table } from './table.ts';

const MAX_VALUES = 16;

/** What was swept and by what: axes, everything that was fixed or asked for, engines and time. */
export function setupTables(results: SweepResults): readonly Table[] {
  return [axesTable(results.spec), settingsTable(results)];
}

function axesTable({ axes }: SweepSpec): Table {
  return {
    title: 'Axes',
    note: axes.length === 0 ? 'Nothing was swept: every parameter has one value.' : '',
    columns: ['parameter', 'values', 'only where'].map((name) => ({ name, align: 'left' })),
    rows: axes.map((axis) => [axis.parameter, describeAxis(axis), axis.when ?? '']),
  };
}

function describeAxis(axis: Axis): string {
  if (axis.kind === 'continuous') return `${formatValue(axis.min)} to ${formatValue(axis.max)}, ${axis.scale}`;
  const { values } = axis;
  if (values.length <= MAX_VALUES) return values.map(formatValue).join(', ');
  return `${values.slice(0, 3).map(formatValue).join(', ')}, …, ${formatValue(values.at(-1))} (${values.length} values)`;
}

function settingsTable({ sweep, spec, counts, provenance }: SweepResults): Table {
  const { engines, natsweep, workers, slots, firstStartMs, lastEndMs, trialSeconds, retried } = provenance;
  const seeds =
    spec.repeats === 1 ? String(spec.seed) : `${spec.seed} to ${spec.seed + spec.repeats - 1}, the same at every point`;
  const search =
    spec.search.kind === 'grid'
      ? `grid, ${spec.order === 'grid' ? 'in order' : 'shuffled'}`
      : `${spec.search.kind}, ${spec.search.points} points`;
  const wallSeconds = firstStartMs === null || lastEndMs === null ? undefined : (lastEndMs - firstStartMs) / 1000;
  const settings: readonly (readonly [string, string])[] = [
    ['experiment', `${sweep.experiment}, version ${sweep.experimentVersion}`],
    ['size', spec.size],
    ...Object.entries(spec.fixed).map(([name, value]) => [`${name} (fixed)`, formatValue(value)] as const),
    ...spec.where.map((condition) => ['where', condition] as const),
    ...spec.zip.map((group) => ['zipped', group.join(', ')] as const),
    ['seeds', seeds],
    ['search', search],
    ['trials', `${sweep.planned} planned, ${counts.observed} observed, ${counts.failed} failed`],
    ...natsweep.map(({ version, trials }) => ['natsweep', `${version}: ${trials} trials`] as const),
    ['judged and drawn by', `natsweep ${version}`],
    ...engines.map(({ description, trials }) => ['engine', `${description}: ${trials} trials`] as const),
    ...(firstStartMs === null ? [] : [['started', timestamp(firstStartMs)] as const]),
    ...(lastEndMs === null ? [] : [['last trial ended', timestamp(lastEndMs)] as const]),
    ...(wallSeconds === undefined
      ? []
      : [
          [
            'duration',
            `${formatDuration(wallSeconds)}; ${formatDuration(trialSeconds)} of trials on ${plural(slots, 'slot')} of ${plural(workers, 'worker')}`,
          ] as const,
        ]),
    ...(retried === 0 ? [] : [['repeated attempts', plural(retried, 'trial')] as const]),
  ];
  return {
    title: 'Settings and provenance',
    note: '',
    columns: ['setting', 'value'].map((name) => ({ name, align: 'left' })),
    rows: settings,
  };
}

function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** "4.2 s", "3 min 12 s", "2 h 5 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${formatMeasured(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
