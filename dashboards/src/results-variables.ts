import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { results } from './results-query.ts';
import * as queries from './results-sql.ts';

const source = new DatasourceVariableBuilder('results').label('Results').type(results.type);

/** Chosen by the reader. */
function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(results)
    .query(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.Disabled);
}

/** Follows from the sweep: a name of a table, a column or an SQL word. */
function derived(name: string, query: string): QueryVariableBuilder {
  return choice(name, name, query).hide(VariableHide.HideVariable);
}

const trial = new TextBoxVariableBuilder('trial')
  .label('Trial')
  .description('A trial id or the beginning of one.')
  .defaultValue('');

export const resultsVariables = [
  source,
  choice('sweep', 'Sweep', queries.sweepNames),
  choice('metric', 'Metric', queries.metricColumns),
  choice('x', 'Columns', queries.parameterColumns(1)),
  choice('y', 'Rows', queries.parameterColumns(2)),
  trial,
  derived('trials', queries.trialsRelation),
  derived('details', queries.detailsRelation),
  derived('approximation', queries.approximationColumn),
  derived('best', queries.bestAggregate),
  derived('order', queries.bestFirst),
];
