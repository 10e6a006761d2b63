import type { Parameters } from '@natsweep/sweep';
import { formatMeasured, formatPresent } from './number-format.ts';
import { ranked, type Objective } from './objective.ts';
import { sweptParameters } from './series-axis.ts';
import type { SweepResults } from './sweep-results.ts';
import type { Column, Table } from './table.ts';

const BEST = 10;
const WORST = 5;
const ID_LENGTH = 11;

/** The best and the worst trials by the objective, and the failed ones with their reasons; nothing that would be empty. */
export function trialTables(results: SweepResults): readonly Table[] {
  const { objective } = results;
  const tables = objective === undefined || objective.trials.length === 0 ? [] : rankedTables(results, objective);
  return results.failures.length === 0 ? tables : [...tables, failureTable(results)];
}

function rankedTables(results: SweepResults, objective: Objective): readonly Table[] {
  const swept = sweptParameters(results);
  const order = ranked(objective);
  const isShort = order.length <= BEST + WORST;
  const parts = isShort
    ? [{ title: 'Trials, best first', trials: order }]
    : [
        { title: `Best ${BEST} trials`, trials: order.slice(0, BEST) },
        { title: `Worst ${WORST} trials`, trials: order.slice(-WORST).reverse() },
      ];
  return parts.map(({ title, trials }) => ({
    title,
    note: `${objective.metric}: ${objective.description}; ${objective.goal === 'minimize' ? 'least' : 'greatest'} is best.`,
    columns: [...placeColumns(swept), column(objective.metric, 'right'), column('outcome', 'left')],
    rows: trials.map((trial) => [...place(trial, swept), formatMeasured(objective.ofTrial(trial)), trial.outcome]),
  }));
}

function failureTable(results: SweepResults): Table {
  const { failures, spec, counts } = results;
  const swept = spec.axes.map(({ parameter }) => parameter);
  return {
    title: 'Failed trials',
    note: failures.length < counts.failed ? `The first ${failures.length} of ${counts.failed}.` : '',
    columns: [
      ...placeColumns(swept),
      column('attempts', 'right'),
      column('failure', 'left'),
      column('message', 'left'),
    ],
    rows: failures.map((failed) => [
      ...place(failed, swept),
      String(failed.attempt.attempt),
      failed.failure,
      failed.message.split('\n')[0]!.slice(0, 200),
    ]),
  };
}

interface Placed {
  readonly trialId: string;
  readonly params: Parameters;
  readonly seed: number;
}

function placeColumns(parameters: readonly string[]): readonly Column[] {
  return [column('trial', 'left'), ...parameters.map((name) => column(name, 'left')), column('seed', 'right')];
}

function place({ trialId, params, seed }: Placed, parameters: readonly string[]): readonly string[] {
  return [trialId.slice(0, ID_LENGTH), ...parameters.map((name) => formatPresent(params[name])), String(seed)];
}

function column(name: string, align: Column['align']): Column {
  return { name, align };
}
