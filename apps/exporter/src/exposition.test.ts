import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { collect } from './collect.ts';
import { exampleNowMs, exampleSnapshot, exampleSweep } from './example-snapshot.ts';
import { expose } from './exposition.ts';

const options = { version: '0.1.0', nowMs: exampleNowMs, keepEndedSeconds: 3600, maxSweeps: 50 };
const openMetrics = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

async function exposed(accept?: string, snapshot = exampleSnapshot()) {
  return expose(collect(snapshot, options), accept);
}

test('the text format is the default and has one HELP and TYPE per family', async () => {
  const { contentType, body } = await exposed();
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
  assert.match(body, /^natsweep_sweep_observations_total\{.*approximation="kfac",outcome="converged"\} 3$/m);
  const types = [...body.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]);
  assert.equal(new Set(types).size, types.length);
  assert.doesNotMatch(body, /trial-/);
});

test('buckets are cumulative, end in +Inf with the count, and carry the latest trial as exemplar in OpenMetrics', async () => {
  const { contentType, body } = await exposed(openMetrics);
  assert.match(contentType, /^application\/openmetrics-text/);
  assert.ok(body.endsWith('# EOF\n'));
  const buckets = [...body.matchAll(/duration_seconds_bucket\{.*kfac",le="([^"]+)"\} (\d+)(?: # (.*))?$/gm)];
  const counts = Object.fromEntries(buckets.map(([, bound, count]) => [bound, Number(count)]));
  assert.equal(counts['0.01'], 0);
  assert.equal(counts['0.03'], 1);
  assert.equal(counts['0.3'], 1);
  assert.equal(counts['1'], 3);
  assert.equal(counts['10800'], 3);
  assert.equal(counts['+Inf'], 4);
  const exemplars = Object.fromEntries(buckets.map(([, bound, , exemplar]) => [bound, exemplar]));
  const atSeconds = exampleNowMs / 1000 - 1;
  assert.equal(exemplars['1'], `{trial_id="trial-2"} 0.7 ${atSeconds}`);
  assert.equal(exemplars['0.1'], undefined);
  assert.match(body, /_sum\{sweep="depth",approximation="kfac"\} 40001\.22$/m);
  assert.match(body, /_count\{sweep="depth",approximation="kfac"\} 4$/m);
});

test('OpenMetrics names a counter family without _total and its samples with it', async () => {
  const { body } = await exposed(openMetrics);
  assert.match(body, /^# TYPE natsweep_slot_steps counter$/m);
  assert.match(body, /^natsweep_slot_steps_total\{worker="node1-17",slot="gpu0"\} 700$/m);
  assert.doesNotMatch(body, /_total_total/);
});

test('a label value is escaped', async () => {
  const sweeps = [exampleSweep({ experiment: 'a"b\\c\nd' })];
  const { body } = await exposed(undefined, exampleSnapshot({ sweeps }));
  assert.match(body, /experiment="a\\"b\\\\c\\nd"/);
});

test('promtool finds nothing to object to', async (t) => {
  const { body } = await exposed();
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
  if (promtool.error) return t.skip('promtool is not installed (Debian: prometheus)');
  assert.equal(promtool.stdout + promtool.stderr, '');
  assert.equal(promtool.status, 0);
});
