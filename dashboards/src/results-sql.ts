/**
 * SQL over the results database in PostgreSQL. Each sweep has tables of its own, `trials_N` and `details_N`, with columns
 * `p1`, `m1`, … whose names stand in `sweep_columns`; hidden variables of the dashboard resolve them. A sweep that does
 * not exist resolves to relations without rows, so that panels are empty instead of failing.
 */

const chosen = 'name = ${sweep:sqlstring}';
const noTrials =
  '(SELECT NULL::bigint AS id, NULL::text AS trial_id, NULL::bigint AS seed, NULL::text AS outcome, NULL::text AS failure,' +
  ' NULL::integer AS attempt, NULL::float8 AS started_at_ms, NULL::float8 AS elapsed_seconds, NULL::integer AS slot_text' +
  ' WHERE false)';
const noDetails = '(SELECT NULL::bigint AS id, NULL::text AS message, NULL::text AS log_tail WHERE false)';

export const sweepNames = 'SELECT name FROM sweeps ORDER BY created_at_ms DESC';

export const trialsRelation = `SELECT coalesce((SELECT 'trials_' || id FROM sweeps WHERE ${chosen}), '${noTrials}')`;
export const detailsRelation = `SELECT coalesce((SELECT 'details_' || id FROM sweeps WHERE ${chosen}), '${noDetails}')`;

/** The aggregate that is best by the goal of the sweep, and the order that puts the best first. */
export const bestAggregate = goalSwitch('max', 'min');
export const bestFirst = goalSwitch('DESC NULLS LAST', 'ASC NULLS LAST');

function goalSwitch(maximize: string, minimize: string): string {
  const goal = `SELECT spec::jsonb #>> '{objective,goal}' FROM sweeps WHERE ${chosen}`;
  return `SELECT CASE (${goal}) WHEN 'maximize' THEN '${maximize}' ELSE '${minimize}' END`;
}

/** Metrics as a choice, the objective first. */
export const metricColumns = `SELECT __text, __value FROM (
  SELECT c.name AS __text, 't.' || c.column_name AS __value,
    CASE WHEN c.name = s.spec::jsonb #>> '{objective,metric}' THEN 0 ELSE 1 END AS place
  FROM sweep_columns c JOIN sweeps s ON s.id = c.sweep_id WHERE s.${chosen} AND c.role = 'metric'
  UNION ALL SELECT '(none)', 'NULL::float8', 2
) choices ORDER BY place, __text`;

/** Parameters as a choice, axes of the sweep first; `first` is the place of the axis that is chosen to begin with. */
export function parameterColumns(first: 1 | 2): string {
  return `SELECT __text, __value FROM (
  SELECT c.name || CASE WHEN count(*) OVER (PARTITION BY c.name) > 1 THEN ' (' || c.type || ')' ELSE '' END AS __text,
    't.' || c.column_name AS __value,
    CASE a.place WHEN ${first} THEN 0 ELSE coalesce(a.place, 1000) END AS place
  FROM sweep_columns c JOIN sweeps s ON s.id = c.sweep_id
  LEFT JOIN LATERAL jsonb_array_elements(s.spec::jsonb -> 'axes') WITH ORDINALITY AS a(axis, place)
    ON a.axis ->> 'parameter' = c.name
  WHERE s.${chosen} AND c.role = 'param'
  UNION ALL SELECT '(none)', 'NULL::text', 2000
) choices ORDER BY place, __text`;
}

export const approximationColumn = `SELECT coalesce((
  SELECT 't.' || c.column_name FROM sweep_columns c JOIN sweeps s ON s.id = c.sweep_id
  WHERE s.${chosen} AND c.role = 'param' AND c.name = 'approximation' AND c.type = 'string'), '''none''::text')`;

/** The parameters of the trial of row t as `name=value, …`. */
const parameters = `(SELECT string_agg(c.name || '=' || (to_jsonb(t) ->> c.column_name), ', ' ORDER BY c.name)
    FROM sweep_columns c JOIN sweeps s ON s.id = c.sweep_id
    WHERE s.${chosen} AND c.role = 'param' AND to_jsonb(t) ->> c.column_name IS NOT NULL)`;

/** Worker and slot of row t. */
const place = `(SELECT replace(trim(both '[]"' from content), '","', ' ') FROM texts WHERE texts.id = t.slot_text)`;

export const counts = `SELECT y.ending, y.records FROM sweep_tallies y JOIN sweeps s ON s.id = y.sweep_id
WHERE s.${chosen} ORDER BY y.records DESC`;

export const bestTrials = `SELECT t.trial_id AS trial, \${metric:raw} AS "\${metric:text}", t.outcome, t.seed,
  ${parameters} AS parameters, t.elapsed_seconds AS duration
FROM \${trials:raw} t WHERE \${metric:raw} IS NOT NULL ORDER BY \${metric:raw} \${order:raw}, t.id LIMIT 20`;

/** One row per pair of values: the table turns `x` into columns. */
export const overTwoParameters = `SELECT \${y:raw} AS y, \${x:raw} AS x, avg(\${metric:raw}) AS mean
FROM \${trials:raw} t WHERE \${metric:raw} IS NOT NULL AND \${x:raw} IS NOT NULL AND \${y:raw} IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 2000`;

export const byApproximation = `SELECT \${approximation:raw} AS approximation, count(*) AS observed,
  avg(\${metric:raw}) AS mean, stddev_samp(\${metric:raw}) AS "standard deviation",
  min(\${metric:raw}) AS minimum, max(\${metric:raw}) AS maximum,
  avg(CASE WHEN t.outcome = 'diverged' THEN 1.0 ELSE 0.0 END) AS diverged
FROM \${trials:raw} t WHERE t.outcome IS NOT NULL GROUP BY 1 ORDER BY 1`;

/** The moments at which the best value so far improved. */
export const improvements = `SELECT "time", best FROM (
  SELECT "time", best, lag(best) OVER (ORDER BY "time", id) AS before FROM (
    SELECT t.id, to_timestamp(t.started_at_ms / 1000 + t.elapsed_seconds) AS "time",
      \${best:raw}(\${metric:raw}) OVER (ORDER BY t.started_at_ms / 1000 + t.elapsed_seconds, t.id) AS best
    FROM \${trials:raw} t WHERE \${metric:raw} IS NOT NULL) running) changes
WHERE best IS DISTINCT FROM before ORDER BY "time"`;

export const failureReasons = `SELECT t.failure AS reason, count(*) AS trials,
  (array_agg(left(d.message, 300) ORDER BY t.id DESC))[1] AS "latest message"
FROM \${trials:raw} t JOIN \${details:raw} d ON d.id = t.id WHERE t.failure IS NOT NULL GROUP BY 1 ORDER BY 2 DESC`;

export const failedTrials = `SELECT t.trial_id AS trial, t.failure AS reason, t.attempt AS attempts, ${place} AS "where",
  ${parameters} AS parameters, d.message, d.log_tail AS "last lines"
FROM \${trials:raw} t JOIN \${details:raw} d ON d.id = t.id WHERE t.failure IS NOT NULL ORDER BY t.id DESC LIMIT 50`;

export const oneTrial = `SELECT t.trial_id AS trial, coalesce(t.outcome, t.failure) AS ending, t.attempt AS attempts,
  ${place} AS "where", to_timestamp(t.started_at_ms / 1000) AS started, t.elapsed_seconds AS duration,
  \${metric:raw} AS "\${metric:text}", ${parameters} AS parameters, d.message
FROM \${trials:raw} t JOIN \${details:raw} d ON d.id = t.id
WHERE length(\${trial:sqlstring}) > 0 AND starts_with(t.trial_id, \${trial:sqlstring}) ORDER BY t.id LIMIT 20`;
