import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { openResults } from '@natsweep/results';
import { findPostgres, startPrivatePostgres, syntheticRecords, syntheticSweep } from '@natsweep/results/testing';
import type { PrivatePostgres } from '@natsweep/results/testing';
import type { Observation, SweepSpec, TrialRecord } from '@natsweep/sweep';

import { interpolate } from './grafana-variables.ts';
import type { Choices } from './grafana-variables.ts';
import { readDashboard } from './panel-queries.ts';

type Row = Readonly<Record<string, string>>;

const binaries = findPostgres();
const skip = binaries === undefined ? 'PostgreSQL is not installed (Debian: postgresql)' : false;
const dashboard = readDashboard('sweep-results.json');
const records = syntheticRecords('grid', 600);
const observations = records.filter((record): record is Observation => record.kind === 'observation');
const losses = observations.map(({ metrics }) => metrics['trainLossFinal']).filter((loss) => typeof loss === 'number');

function specOf(goal: 'minimize' | 'maximize'): string {
  const axes = [
    { parameter: 'depth', kind: 'discrete', values: [3, 4, 5, 6] },
    { parameter: 'damping', kind: 'discrete', values: [1] },
  ] as const;
  return JSON.stringify({ axes, objective: { metric: 'trainLossFinal', goal } } satisfies Partial<SweepSpec>);
}

describe('the dashboard "Sweep results" on a real PostgreSQL', { skip }, () => {
  let server: PrivatePostgres;
  let connection: NodeJS.ProcessEnv;

  before(async () => {
    server = await startPrivatePostgres(binaries ?? '');
    const { hostname, port } = new URL(server.url);
    connection = { PGHOST: decodeURIComponent(hostname), PGPORT: port, PGDATABASE: 'natsweep' };
    const results = await openResults(server.url);
    await results.createSweep({ ...syntheticSweep('grid', 1000), spec: specOf('minimize') });
    await results.createSweep({ ...syntheticSweep('upward', 1000), spec: specOf('maximize') });
    await results.createSweep({ ...syntheticSweep('untouched', 1000), spec: specOf('minimize') });
    await results.record(records);
    await results.record(syntheticRecords('upward', 100));
    await results.close();
    const reader = spawnSync(resolve(import.meta.dirname, '../../infra/compose/grafana-reader.sh'), {
      encoding: 'utf8',
      env: {
        ...{ ...process.env, ...connection, PATH: `${binaries}:${process.env['PATH']}` },
        ...{ POSTGRES_USER: 'natsweep', POSTGRES_DB: 'natsweep', GRAFANA_READER_PASSWORD: "it's secret" },
      },
    });
    assert.equal(reader.status, 0, reader.stderr);
  });
  after(() => server.stop());

  /** Runs SQL as Grafana's user; rows by column. */
  function query(sql: string): Row[] {
    const psql = spawnSync(join(binaries ?? '', 'psql'), ['--csv', '--no-psqlrc', '-v', 'ON_ERROR_STOP=1', '-c', sql], {
      encoding: 'utf8',
      env: { ...process.env, ...connection, PGUSER: 'grafana', PGTZ: 'UTC' },
    });
    if (psql.status !== 0) throw new Error(`${psql.stderr}\n${sql}`);
    const [header = [], ...rows] = parseCsv(psql.stdout);
    return rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])));
  }

  /** What Grafana chooses for every variable after a sweep has been picked: the first option of each. */
  function choicesFor(sweep: string, trial = ''): Choices {
    const choices: Record<string, Choices[string]> = {
      sweep: { value: sweep, text: sweep },
      trial: { value: trial, text: trial },
    };
    for (const { name, type, query: sql } of dashboard.templating.list) {
      if (type !== 'query' || name === 'sweep') continue;
      const [first] = query(interpolate(sql, choices));
      assert.ok(first !== undefined, `${name} has no option`);
      const value = first['__value'] ?? Object.values(first)[0] ?? '';
      choices[name] = { value, text: first['__text'] ?? value };
    }
    return choices;
  }

  function panel(title: string, choices: Choices): Row[] {
    const found = dashboard.panels.find((candidate) => candidate.title === title);
    assert.ok(found?.targets[0]?.rawSql !== undefined, title);
    return query(interpolate(found.targets[0].rawSql, choices));
  }

  test('variables begin with the objective and the axes of the sweep', () => {
    const choices = choicesFor('grid');
    assert.equal(choices['metric']?.text, 'trainLossFinal');
    assert.equal(choices['x']?.text, 'depth');
    assert.equal(choices['y']?.text, 'damping');
    assert.equal(choices['best']?.value, 'min');
    assert.equal(choicesFor('upward')['best']?.value, 'max');
    const names = dashboard.templating.list.find(({ name }) => name === 'sweep');
    assert.deepEqual(
      query(names?.query ?? '')
        .map(({ name }) => name)
        .sort(),
      ['grid', 'untouched', 'upward'],
    );
  });

  test('recorded trials are counted by how they ended', () => {
    const counts = Object.fromEntries(
      panel('Recorded trials', choicesFor('grid')).map((row) => [row['ending'], row['records']]),
    );
    const endings = Object.groupBy(records, (record) => (record.kind === 'failed' ? record.failure : record.outcome));
    assert.deepEqual(
      counts,
      Object.fromEntries(Object.entries(endings).map(([name, list]) => [name, String(list?.length)])),
    );
  });

  test('the best trials are those with the best metric, in the direction of the goal, with their parameters', () => {
    const up = losses.toSorted((a, b) => a - b);
    const best = panel('Best trials', choicesFor('grid'));
    assert.deepEqual(
      best.map((row) => Number(row['trainLossFinal'])),
      up.slice(0, 20),
    );
    const winner = observations.find(({ trialId }) => trialId === best[0]?.['trial']);
    assert.match(
      best[0]?.['parameters'] ?? '',
      new RegExp(`approximation=${String(winner?.params['approximation'])}, bias=[01], `),
    );
    const upward = panel('Best trials', choicesFor('upward')).map((row) => Number(row['trainLossFinal']));
    assert.deepEqual(
      upward,
      upward.toSorted((a, b) => b - a),
    );
  });

  test('the metric over two parameters is the mean of every cell', () => {
    const cells = panel('Metric over two parameters', choicesFor('grid'));
    const of = (depth: number, damping: number) =>
      observations
        .filter(({ params }) => params['depth'] === depth && params['damping'] === damping)
        .flatMap(({ metrics }) => metrics['trainLossFinal'] ?? []);
    assert.equal(cells.length, 4 * 6);
    for (const { x, y, mean } of cells) assertClose(Number(mean), average(of(Number(x), Number(y))));
  });

  test('mean, spread and share of divergence by approximation', () => {
    const rows = panel('By approximation', choicesFor('grid'));
    assert.deepEqual(
      rows.map((row) => row['approximation']),
      ['block-diagonal', 'block-tridiagonal', 'exact', 'kfac', 'unit-wise'],
    );
    for (const row of rows) {
      const group = observations.filter(({ params }) => params['approximation'] === row['approximation']);
      const values = group.flatMap(({ metrics }) => metrics['trainLossFinal'] ?? []);
      const mean = average(values);
      assert.equal(Number(row['observed']), group.length);
      assertClose(Number(row['mean']), mean);
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      assertClose(Number(row['standard deviation']), Math.sqrt(variance), 1e-6);
      assertClose(Number(row['diverged']), group.filter(({ outcome }) => outcome === 'diverged').length / group.length);
    }
  });

  test('best so far falls with every point and ends at the best', () => {
    const points = panel('Best so far', choicesFor('grid')).map((row) => Number(row['best']));
    assert.ok(points.length > 1);
    for (const [i, best] of points.entries()) assert.ok(i === 0 || best < (points[i - 1] ?? 0));
    assert.equal(points.at(-1), Math.min(...losses));
  });

  test('failures come with their reasons, messages and last lines', () => {
    const choices = choicesFor('grid');
    const failed = records.filter((record) => record.kind === 'failed');
    const [reason] = panel('Reasons of failures', choices);
    assert.deepEqual(reason, { reason: 'timeout', trials: String(failed.length), 'latest message': 'Ran for 600 s.' });
    const [last] = panel('Failed trials', choices);
    const expected = failed.at(-1);
    assert.equal(last?.['trial'], expected?.trialId);
    assert.equal(last?.['where'], `${expected?.attempt.worker} ${expected?.attempt.slot}`);
    assert.match(last?.['last lines'] ?? '', /step 2/);
  });

  test('a trial is found by the beginning of its id; without one the panel is empty', () => {
    const wanted = observations[42] as TrialRecord;
    const rows = panel('Trial $trial', choicesFor('grid', wanted.trialId.slice(0, 12)));
    assert.deepEqual(
      rows.map((row) => row['trial']),
      [wanted.trialId],
    );
    assert.deepEqual(panel('Trial $trial', choicesFor('grid')), []);
  });

  test('a sweep without records, an unknown one and a malicious name give empty panels, not errors', () => {
    for (const sweep of ['untouched', 'no-such', "x'; DROP TABLE sweeps; --", '']) {
      const choices = choicesFor(sweep);
      for (const { title } of dashboard.panels) assert.deepEqual(panel(title, choices), [], `${sweep}: ${title}`);
    }
  });

  test("Grafana's user reads and cannot write", () => {
    assert.throws(() => query('DELETE FROM sweeps'), /permission denied|read-only/);
    assert.throws(() => query('SET TRANSACTION READ WRITE; DELETE FROM sweeps'), /permission denied/);
  });
});

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function assertClose(actual: number, expected: number, rtol = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= rtol * Math.abs(expected), `${actual} is not close to ${expected}`);
}

function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n"]*))(,|\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1 || (row[0] ?? '') !== '');
}
