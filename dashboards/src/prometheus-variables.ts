import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { metricCatalogue } from '@natsweep/telemetry';
import type { MetricKey } from '@natsweep/telemetry';

import { prometheus } from './prometheus-query.ts';

export const prometheusSource = new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus');

/** A choice of one, several or all values that a label of a metric has in the time range. */
export function labelValues<Key extends MetricKey>(
  name: string,
  key: Key,
  label: (typeof metricCatalogue)[Key]['labels'][number],
): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(name)
    .datasource(prometheus)
    .query(`label_values(${metricCatalogue[key].name}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
}
