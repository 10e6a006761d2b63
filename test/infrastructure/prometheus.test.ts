import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

import { metricCatalogue } from '@natsweep/telemetry';
import type { Metric } from '@natsweep/telemetry';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

import { missing, root, run } from './tools.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

const folder = 'infra/prometheus';
const read = (file: string) => readFileSync(resolve(root, folder, file), 'utf8');
const rulesOf = (file: string) =>
  (parse(read(file)) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const recording = rulesOf('rules/recording.yml');
const alerts = rulesOf('rules/alerts.yml');

interface UnitTest {
  readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  readonly promql_expr_test?: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
}
const unitTests = (parse(read('rules.test.yml')) as { tests: UnitTest[] }).tests;

test('promtool accepts configuration and rules, and the rules pass their unit tests', (t) => {
  const reason = missing('promtool', 'prometheus');
  if (reason !== undefined) return t.skip(reason);
  for (const args of [
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', 'rules.test.yml'],
  ]) {
    const { status, output } = run('promtool', args, { cwd: folder });
    assert.equal(status, 0, output);
  }
});

test('every alert is unit-tested firing and silent, every recording rule with a value', () => {
  for (const { alert } of alerts) {
    const cases = unitTests.flatMap(({ alert_rule_test = [] }) =>
      alert_rule_test.filter(({ alertname }) => alertname === alert),
    );
    assert.ok(
      cases.some(({ exp_alerts }) => exp_alerts.length > 0),
      `${alert} is not seen to fire`,
    );
    assert.ok(
      cases.some(({ exp_alerts }) => exp_alerts.length === 0),
      `${alert} is not seen silent`,
    );
  }
  for (const { record } of recording) {
    const cases = unitTests.flatMap(({ promql_expr_test = [] }) =>
      promql_expr_test.filter(({ expr }) => expr === record),
    );
    assert.ok(
      cases.some(({ exp_samples }) => exp_samples.length > 0),
      record,
    );
  }
});

test('every rule uses metrics of the catalogue and recorded ones only', () => {
  const names = Object.values<Metric>(metricCatalogue).map(({ name }) => name);
  const known = new Set([...names, ...recording.map(({ record }) => record)]);
  for (const { expr, record, alert } of [...recording, ...alerts]) {
    const metrics = metricsOf(expr);
    assert.ok(metrics.length > 0);
    for (const metric of metrics) assert.ok(known.has(metric), `${record ?? alert}: ${metric}`);
  }
});

test('every alert says how severe it is, what it means and where to read on; every section of the runbook is one of an alert', () => {
  const sections = [...read('RUNBOOK.md').matchAll(/^## (\w+)$/gm)].map((match) => match[1]);
  assert.deepEqual(
    sections,
    alerts.map(({ alert }) => alert),
  );
  for (const { alert, labels, annotations } of alerts) {
    assert.match(labels?.severity ?? '', /^(warning|critical)$/, alert);
    for (const text of [annotations?.['summary'], annotations?.['description']]) assert.match(text ?? '', /\.$/, alert);
    assert.equal(annotations?.['runbook_url'], `${folder}/RUNBOOK.md#${alert?.toLowerCase()}`);
  }
});

function metricsOf(expr: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter(node) {
      assert.ok(!node.type.isError, expr);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
        found.push(expr.slice(node.from, node.to));
      }
    },
  });
  return found;
}
