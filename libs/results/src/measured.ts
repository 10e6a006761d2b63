import type { Outcome, Parameters, ParameterValue } from '@natsweep/sweep';
import { sql } from 'kysely';
import type { Columns } from './columns.ts';
import type { Cell, Connection } from './connection.ts';
import { metricsViews } from './metrics-view.ts';
import { PointPool } from './point-pool.ts';
import { findSweep, isEmpty, selectTrials } from './query.ts';
import { scan } from './scan.ts';
import type { MeasuredQuery, MeasuredTrial } from './store.ts';

/** Where cells stand in a row of the scan, after its id; the parameters and the metrics are the last ones. */
const place = { index: 1, trialId: 2, seed: 3, outcome: 4, high: 5, low: 6, params: 7 } as const;

export async function* readMeasured(
  connection: Connection,
  name: string,
  { metrics, ...selection }: MeasuredQuery,
): AsyncGenerator<readonly MeasuredTrial[]> {
  const sweep = await findSweep(connection.db, name);
  if (isEmpty(sweep)) return;
  const { columns } = sweep;
  const measured = [...columns.metrics].filter(([metric]) => metrics?.includes(metric) ?? true);
  const params = parameterCells(columns);
  const firstMetric = place.params + params.length;
  const viewOf = metricsViews(measured.map(([metric]) => metric));
  const points = new PointPool();
  const texts = new SharedTexts();
  const pages = scan(connection, selectTrials(connection.db, sweep, { ...selection, kind: 'observation' }), [
    ...(['trial_index', 'trial_id', 'seed', 'outcome'] as const),
    sql<number>`pair_key >> 31`.as('high'),
    sql<number>`pair_key & 2147483647`.as('low'),
    ...params.map(({ column }) => column),
    ...measured.map(([, column]) => column),
  ]);
  for await (const page of pages) {
    const values = new Float64Array(page.length * measured.length);
    const trials = page.map((row, trial): MeasuredTrial => {
      const first = trial * measured.length;
      for (let metric = 0; metric < measured.length; metric++)
        values[first + metric] = (row[firstMetric + metric] as number | null) ?? NaN;
      const key = { high: row[place.high] as number, low: row[place.low] as number };
      const seed = row[place.seed] as number;
      return {
        trialId: row[place.trialId] as string,
        index: row[place.index] as number,
        params: points.point(key, seed, () => decodeParameters(params, row, texts)),
        seed,
        outcome: texts.shared(row[place.outcome] as Outcome),
        metrics: viewOf(values, first),
      };
    });
    if (trials.length > 0) yield trials;
  }
}

function parameterCells({ params }: Columns) {
  return [...params].flatMap(([name, columns]) => columns.map(({ column, type }) => ({ name, column, type })));
}

/** A conditional parameter that a trial does not have is null in every column of its name. */
function decodeParameters(
  params: ReturnType<typeof parameterCells>,
  row: readonly Cell[],
  texts: SharedTexts,
): Parameters {
  return Object.fromEntries(
    params.flatMap(({ name, type }, position): [string, ParameterValue][] => {
      const cell = row[place.params + position]!;
      if (cell === null) return [];
      return [[name, type === 'boolean' ? cell === 1 : typeof cell === 'string' ? texts.shared(cell) : cell]];
    }),
  );
}

/** Equal texts as one string: a database gives a string of its own for every cell. */
class SharedTexts {
  readonly #texts = new Map<string, string>();

  shared<Text extends string>(text: Text): Text {
    const known = this.#texts.get(text);
    if (known !== undefined) return known as Text;
    this.#texts.set(text, text);
    return text;
  }
}
