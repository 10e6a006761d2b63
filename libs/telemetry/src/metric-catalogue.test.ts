import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Metric } from './metric-catalogue.ts';
import { metricCatalogue } from './metric-catalogue.ts';

const metrics: readonly Metric[] = Object.values(metricCatalogue);

test('every metric has its own name, and the name follows the Prometheus conventions', () => {
  assert.equal(new Set(metrics.map((metric) => metric.name)).size, metrics.length);
  for (const { name, type, unit } of metrics) {
    assert.match(name, /^natsweep_[a-z]+(_[a-z]+)*$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    const base = name.replace(/_total$/, '');
    if (unit === 'seconds' || unit === 'bytes' || unit === 'ratio') assert.ok(base.endsWith(`_${unit}`), name);
    if (unit === 'timestamp') assert.ok(base.endsWith('_timestamp_seconds'), name);
  }
});

test('help is a sentence', () => {
  for (const { name, help } of metrics) assert.match(help, /^\S.*\.$/, name);
});

test('no label can take as many values as there are trials', () => {
  const bounded = new Set([
    ...['sweep', 'experiment', 'goal', 'metric', 'state', 'approximation', 'outcome', 'failure'],
    ...['worker', 'host', 'version', 'slot', 'engine', 'device'],
  ]);
  for (const { name, labels } of metrics) {
    for (const label of labels) assert.ok(bounded.has(label), `${name}: ${label}`);
  }
});
