import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

import { declarations } from '@natsweep/catalogue';
import { connect, heartbeat, sendCommand, startPrivateRedis } from '@natsweep/queue';
import type { RedisConnection, WorkerStatus } from '@natsweep/queue';
import { parseSweepSpec } from '@natsweep/sweep';
import { parser } from '@prometheus-io/lezer-promql';

import { missing } from '../infrastructure/tools.ts';
import { promqlOfPanels } from './panel-queries.ts';
import { cleaningUp, eventually, TestProcess } from '../infrastructure/processes.ts';
import { PrometheusServer } from './prometheus-server.ts';

const app = (name: string) => resolve(import.meta.dirname, `../../apps/${name}/src/main.ts`);

/** Long enough to be watched; half of the trials finish, half diverge. */
const watched = `
name: watched
experiment: diagnostic
axes:
  point: { linspace: [0, 499, 500] }
  behaviour: [finish, diverge]
fixed: { durationMs: 100 }
objective: { metric: value, goal: minimize }
`;

/** Every trial is delivered twice and then recorded as failed. */
const failing = `
name: failing
experiment: diagnostic
axes: { point: [0, 1] }
fixed: { behaviour: throw }
limits: { maxAttempts: 2, pauseAfterFailures: 100 }
`;

test('Prometheus scrapes a real sweep: every panel and rule has data, workers come and go, Redis may fail', async (t) => {
  for (const [program, debianPackage] of [
    ['prometheus', 'prometheus'],
    ['redis-server', 'redis-server'],
  ] as const) {
    const reason = missing(program, debianPackage);
    if (reason !== undefined) return t.skip(reason);
  }
  const defer = cleaningUp(t);
  const home = mkdtempSync(join(tmpdir(), 'natsweep-monitoring-'));
  defer(() => rmSync(home, { recursive: true, force: true }));
  const redisServer = await startPrivateRedis(join(home, 'redis'));
  defer(() => redisServer.stop());
  const redis = await connect(redisServer.address);
  defer(() => redis.disconnect());

  const env = { NATSWEEP_HOME: home, NATSWEEP_LOG_LEVEL: 'info' };
  const node = (name: string, ...flags: string[]) =>
    new TestProcess(defer, [process.execPath, app(name), ...flags], { env });
  node('scheduler', '--max-batch', '4');
  const exporter = node('exporter', '--listen', '127.0.0.1:0');
  const worker = node(
    'worker',
    ...['--name', 'seen', '--slots', '2', '--engine', 'reference', '--drain', '1'],
    '--metrics',
    '127.0.0.1:0',
  );
  const exporterAddress = `127.0.0.1:${(await exporter.until(/"port":(\d+)/))[1]}`;
  const prometheus = await PrometheusServer.start(defer, join(home, 'prometheus'), exporterAddress);
  const stopHidden = announceHiddenGpuWorker(redis);
  defer(stopHidden);
  await worker.until(/taking batches/);
  await submit(redis, failing);
  await submit(redis, watched);

  const everything = { sweep: '.*', worker: '.*', __rate_interval: '10s', __range: '1m' };
  await t.test('every query of every panel returns data while the sweep runs', async () => {
    const queries = promqlOfPanels(everything);
    assert.ok(queries.length > 35);
    for (const { where, expr } of queries) {
      const result = await prometheus.queryUntilData(expr);
      assert.ok(result.length > 0, where);
    }
  });

  await t.test('what is shown is what happened', async () => {
    const value = async (expr: string) => Number((await prometheus.queryUntilData(expr))[0]?.value[1]);
    assert.equal(await value('natsweep_sweep_planned_trials{sweep="watched"}'), 1000);
    assert.equal(await value('sum(natsweep_sweep_trials{sweep="watched"})'), 1000);
    assert.ok((await value('natsweep_sweep_observations_total{outcome="diverged"} > 0')) > 0);
    assert.equal(await value('natsweep_sweep_failed_trials{sweep="failing",failure="crash"} == 2'), 2);
    assert.ok((await value('natsweep_sweep_retries_total{sweep="failing",failure="crash"} > 0')) > 0);
    assert.equal(await value('natsweep_fleet_workers'), 2);
    assert.equal(await value('natsweep_slot_gpu_utilization_ratio{worker="hidden"}'), 0.5);
    assert.ok((await value('natsweep_slot_trials_total{worker="seen"} > 0')) > 0);
  });

  await t.test('exemplars of the durations carry trial ids', async () => {
    const exemplars = await eventually(
      async () => {
        const found = await prometheus.exemplars('natsweep_sweep_trial_duration_seconds_bucket');
        return found.length > 0 ? found : undefined;
      },
      () => 'no exemplars',
    );
    for (const { labels } of exemplars) assert.match(labels['trial_id'] ?? '', /^\w{8,}/);
  });

  await t.test('an unknown sweep or worker gives empty panels, not errors', async () => {
    for (const { expr } of promqlOfPanels({ ...everything, sweep: 'no-such', worker: 'no-such' }))
      await prometheus.query(expr);
    assert.deepEqual(await prometheus.query('natsweep_sweep_info{sweep=~"no-such"}'), []);
  });

  await t.test(
    'every rule is evaluated without fault, every recording rule and every selector of an alert has data',
    async () => {
      const rules = await eventually(
        async () => {
          const all = await prometheus.rules();
          return all.every(({ health }) => health !== 'unknown') ? all : undefined;
        },
        () => 'rules not evaluated',
      );
      assert.ok(rules.length >= 16);
      for (const { name, type, query, health, lastError } of rules) {
        assert.equal(health, 'ok', `${name}: ${lastError}`);
        if (type === 'recording') await prometheus.queryUntilData(name);
        else for (const selector of selectorsOf(query)) await prometheus.queryUntilData(selector);
      }
    },
  );

  await t.test('promtool has nothing to say about the metrics of exporter and worker', async (t) => {
    const reason = missing('promtool', 'prometheus');
    if (reason !== undefined) return t.skip(reason);
    const input = await (await fetch(`http://${exporterAddress}/metrics`)).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    assert.equal(stdout + stderr, '');
    assert.equal(status, 0);
  });

  await t.test('a worker that signs off is no longer discovered, and its series end', async () => {
    const [address] = await eventually(
      async () => {
        const targets = await prometheus.healthyTargets('natsweep-workers');
        return targets.length === 1 ? targets : undefined;
      },
      () => 'the worker is not discovered',
    );
    assert.match(address ?? '', /^127\.0\.0\.1:\d+$/);
    assert.equal(await worker.terminate(), 0);
    await eventually(
      async () => ((await prometheus.healthyTargets('natsweep-workers')).length === 0 ? true : undefined),
      () => 'the worker is still discovered',
    );
    await prometheus.queryUntilData('natsweep_fleet_workers == 1');
    assert.deepEqual(await prometheus.query('natsweep_worker_info{worker="seen"}'), []);
    assert.deepEqual(await prometheus.query('natsweep_fleet_lost_workers > 0'), []);
  });

  await t.test('without Redis the exporter stays up and says so', async () => {
    await stopHidden();
    redis.disconnect();
    await redisServer.stop();
    await prometheus.queryUntilData('natsweep_up == 0');
    assert.equal((await fetch(`http://${exporterAddress}/healthz`)).status, 200);
    assert.deepEqual(await prometheus.query('natsweep_sweep_info'), []);
  });
});

async function submit(redis: RedisConnection, text: string): Promise<void> {
  const parsed = parseSweepSpec(text, { file: 'sweep.yaml', experiments: declarations });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const reply = await sendCommand(redis, {
    kind: 'submit',
    commandId: randomUUID(),
    spec: JSON.stringify(parsed.spec),
  });
  assert.ok(reply.ok, reply.message);
}

/** A GPU worker that Prometheus cannot reach: all that is known of it comes with its heartbeats. */
function announceHiddenGpuWorker(redis: RedisConnection): () => Promise<void> {
  const startedAtMs = Date.now();
  const gpu = { gpuUtilization: 0.5, gpuMemoryUsedBytes: 2e9, gpuMemoryTotalBytes: 8e9 };
  let last = Promise.resolve();
  const beat = () => {
    const status: WorkerStatus = {
      ...{ worker: 'hidden', host: 'behind-nat', pid: 1, version: '0.1.0', metricsAddress: null, startedAtMs },
      heartbeatAtMs: Date.now(),
      slots: [
        {
          slot: 'gpu-0',
          engine: 'tfjs',
          device: 'GPU',
          state: 'idle',
          trialId: null,
          trialsFinished: 0,
          stepsFinished: 0,
          memoryLimitBytes: 2 ** 30,
          ...gpu,
        },
      ],
    };
    last = heartbeat(redis, status).catch(() => {});
  };
  beat();
  const timer = setInterval(beat, 1000);
  return async () => {
    clearInterval(timer);
    await last;
  };
}

/** The vector selectors of an expression, without their ranges. */
function selectorsOf(expr: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter(node) {
      if (node.name === 'VectorSelector') found.push(expr.slice(node.from, node.to));
    },
  });
  return found;
}
