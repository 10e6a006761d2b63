import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** The data source variable of the dashboards over Prometheus. */
export const prometheus = { type: 'prometheus', uid: '${datasource}' };

/** A query over the time range; `legend` names its series, with labels as `{{label}}`. */
export function over(expr: string, legend: string): DataqueryBuilder {
  return query(expr, legend).range();
}

/** A query over the time range that also fetches exemplars: points that lead to a trial. */
export function withExemplars(expr: string, legend: string): DataqueryBuilder {
  return over(expr, legend).exemplar(true);
}

/** Buckets of a histogram for a heat map; the legend is their upper bound. */
export function asHeatmap(expr: string): DataqueryBuilder {
  return withExemplars(expr, '{{le}}').format(PromQueryFormat.Heatmap);
}

/** The present values as rows of a table. */
export function asRows(expr: string): DataqueryBuilder {
  return query(expr, '').instant().format(PromQueryFormat.Table);
}

function query(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(prometheus).expr(expr).legendFormat(legend);
}
