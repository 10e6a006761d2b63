import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** The data source variable of the dashboard over the results database. */
export const results = { type: 'grafana-postgresql-datasource', uid: '${results}' };

/** A query of Grafana's PostgreSQL data source, for which the SDK has no builder. */
export interface SqlQuery extends Dataquery {
  readonly datasource: typeof results;
  readonly editorMode: 'code';
  readonly format: 'table' | 'time_series';
  readonly rawQuery: true;
  readonly rawSql: string;
}

export function sql(rawSql: string, format: SqlQuery['format'] = 'table'): Builder<SqlQuery> {
  return {
    build: () => ({
      datasource: results,
      editorMode: 'code',
      format,
      rawQuery: true,
      rawSql,
      _implementsDataqueryVariant: () => {},
    }),
  };
}
