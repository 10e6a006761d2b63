import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { metricCatalogue, processMetricCatalogue } from '@natsweep/telemetry';
import type { Metric } from '@natsweep/telemetry';
import { parser } from '@prometheus-io/lezer-promql';

import { dashboards } from './all.ts';
import { buckets, series } from './promql.ts';

const expressions = Object.entries(dashboards).flatMap(([file, dashboard]) =>
  ((dashboard.panels ?? []) as readonly Panel[]).flatMap((panel) =>
    (panel.targets as readonly { readonly expr?: string }[]).flatMap(({ expr }) =>
      expr === undefined ? [] : [{ where: `${file}: ${panel.title}`, expr }],
    ),
  ),
);

/** Grafana replaces its variables before Prometheus sees the query. */
function withValues(expr: string): string {
  return expr.replace(/\$__(rate_interval|range|interval)/g, '1m').replace(/\$[a-z]+/g, '.*');
}

/** Syntax errors, and the metric names of an expression. */
function parse(expr: string): { errors: number; metrics: string[] } {
  const found = { errors: 0, metrics: [] as string[] };
  parser.parse(expr).iterate({
    enter(node) {
      if (node.type.isError) found.errors += 1;
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
        found.metrics.push(expr.slice(node.from, node.to));
      }
    },
  });
  return found;
}

test('the parser does find an error', () => {
  assert.ok(parse('sum by (x (natsweep_up)').errors > 0);
});

test('every expression of a panel is PromQL over metrics of the catalogue', () => {
  assert.ok(expressions.length > 30);
  const suffixes = { histogram: ['_bucket', '_sum', '_count'], counter: [''], gauge: [''] };
  const known = Object.values<Metric>({ ...metricCatalogue, ...processMetricCatalogue }).flatMap(({ name, type }) =>
    suffixes[type].map((suffix) => name + suffix),
  );
  for (const { where, expr } of expressions) {
    const { errors, metrics } = parse(withValues(expr));
    assert.equal(errors, 0, `${where}: ${expr}`);
    assert.ok(metrics.length > 0, where);
    for (const metric of metrics) assert.ok(known.includes(metric), `${where}: ${metric}`);
  }
});

test('every metric of the catalogue that tells of sweeps, queue or workers is shown on some panel', () => {
  const shown = new Set(expressions.flatMap(({ expr }) => parse(withValues(expr)).metrics));
  const notShown = Object.values<Metric>(metricCatalogue)
    .map(({ name, type }) => (type === 'histogram' ? `${name}_bucket` : name))
    .filter((name) => !shown.has(name));
  assert.deepEqual(notShown.sort(), [
    'natsweep_exporter_hidden_sweeps',
    'natsweep_exporter_info',
    'natsweep_fleet_slots',
    'natsweep_sweep_created_timestamp_seconds',
    'natsweep_sweep_updated_timestamp_seconds',
    'natsweep_up',
  ]);
});

test('a selector matches constants exactly and variables as a choice', () => {
  assert.equal(
    series('sweepTrials', { sweep: '$sweep', state: 'failed' }),
    'natsweep_sweep_trials{sweep=~"$sweep",state="failed"}',
  );
  assert.equal(series('up'), 'natsweep_up');
  assert.equal(buckets('sweepDuration'), 'natsweep_sweep_trial_duration_seconds_bucket');
});
