import { TableCellBackgroundDisplayMode, TableCellDisplayMode } from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

import { assemble } from './assemble.ts';
import { table, timeSeries } from './panels.ts';
import { sql } from './results-query.ts';
import * as queries from './results-sql.ts';
import { resultsVariables } from './results-variables.ts';

const seconds: readonly DynamicConfigValue[] = [{ id: 'unit', value: 's' }];
const share: readonly DynamicConfigValue[] = [{ id: 'unit', value: 'percentunit' }];
const trialLink: readonly DynamicConfigValue[] = [
  {
    id: 'links',
    value: [
      {
        title: 'Show this trial',
        url: '/d/natsweep-results?var-sweep=${sweep:percentencode}&var-trial=${__value.text:percentencode}',
      },
    ],
  },
];

const panels = [
  table({
    title: 'Recorded trials',
    description: 'Trials of the sweep by how they ended: outcomes of observed trials, reasons of failed ones.',
    unit: 'short',
    noValue: 'no record',
    width: 6,
    queries: [sql(queries.counts)],
  }),
  table({
    title: 'Best trials',
    description: 'The 20 best trials by the chosen metric, in the direction of the objective of the sweep.',
    unit: 'sci',
    noValue: 'no observation',
    width: 18,
    queries: [sql(queries.bestTrials)],
    columns: { trial: trialLink, duration: seconds, seed: [{ id: 'unit', value: 'none' }] },
  }),
  table({
    title: 'Metric over two parameters',
    description:
      'Mean of the chosen metric for every pair of values of the two chosen parameters, over everything else.',
    unit: 'sci',
    noValue: 'no observation',
    width: 24,
    height: 10,
    queries: [sql(queries.overTwoParameters)],
    transformations: [
      {
        id: 'groupingToMatrix',
        options: { columnField: 'x', rowField: 'y', valueField: 'mean', emptyValue: 'null' },
      },
    ],
  })
    .cellOptions({ type: TableCellDisplayMode.ColorBackground, mode: TableCellBackgroundDisplayMode.Basic })
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.ContinuousBlYlRd)),
  table({
    title: 'By approximation',
    description: 'Mean and spread of the chosen metric by Fisher approximation, and the share of trials that diverged.',
    unit: 'sci',
    noValue: 'no observation',
    width: 12,
    queries: [sql(queries.byApproximation)],
    columns: { diverged: share, observed: [{ id: 'unit', value: 'short' }] },
  }),
  timeSeries({
    title: 'Best so far',
    description: 'Best value of the chosen metric over time, one point for each improvement.',
    unit: 'sci',
    noValue: 'no observation in the time range',
    width: 12,
    queries: [sql(queries.improvements, 'time_series')],
  }),
  table({
    title: 'Reasons of failures',
    description: 'Failed trials by reason with the latest message of each. Diverged trials are results, not failures.',
    unit: 'short',
    noValue: 'no failure',
    width: 24,
    height: 6,
    queries: [sql(queries.failureReasons)],
  }),
  table({
    title: 'Failed trials',
    description: 'The last 50 failed trials with what their processes wrote last.',
    unit: 'short',
    noValue: 'no failure',
    width: 24,
    queries: [sql(queries.failedTrials)],
    columns: { trial: trialLink },
  }),
  table({
    title: 'Trial $trial',
    description: 'The trials whose id begins with what the variable Trial holds.',
    unit: 'sci',
    noValue: 'enter a trial id above',
    width: 24,
    height: 6,
    queries: [sql(queries.oneTrial)],
    columns: { duration: seconds, attempts: [{ id: 'unit', value: 'short' }] },
  }),
];

export const sweepResults: Dashboard = assemble({
  uid: 'natsweep-results',
  title: 'natsweep / Sweep results',
  description: 'What a sweep found, read from the results database (PostgreSQL).',
  refresh: '1m',
  variables: resultsVariables,
  panels,
});
