import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findPostgres, startPrivatePostgres } from '@natsweep/results/testing';

import { PlantedHome } from '../../testing/planted-home.ts';

const { wideFinding, wideSweep } = await import('@natsweep/report/testing');

interface Difference {
  readonly group: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, { readonly count: number; readonly mean: number }>>;
}

/** Mean differences of the final training loss to exact NGD in networks of one width, worked out from what was planted. */
async function checkDifferences(home: PlantedHome): Promise<void> {
  const losses = new Map<string, number>();
  await home.plant(wideSweep, (trial) => {
    const found = wideFinding(trial, 0.01);
    const { approximation, width, depth, damping } = trial.params;
    const { finalTrainLoss } = found.metrics as { finalTrainLoss: number };
    losses.set([approximation, width, depth, damping, trial.seed].join(), finalTrainLoss);
    return found;
  });
  const { out } = await home.natsweep(
    ...['results', 'planted-wide', '--against', 'approximation=exact', '--by', 'width', '--json'],
    ...['--metrics', 'finalTrainLoss,stepsToLoss'],
  );
  const rows = JSON.parse(out) as readonly Difference[];
  assert.equal(rows.length, 4 * 2);
  for (const { group, metrics } of rows) {
    const differences: number[] = [];
    for (const [key, loss] of losses) {
      const [approximation, width, ...others] = key.split(',');
      const baseline = losses.get(['exact', width, ...others].join());
      if (approximation !== group['approximation'] || Number(width) !== group['width']) continue;
      if (baseline !== undefined) differences.push(loss - baseline);
    }
    // gradient descent, whose damping is 0, meets the half of the others that have none
    assert.equal(differences.length, approximationPairs[String(group['approximation'])]);
    assert.equal(metrics['finalTrainLoss']!.count, differences.length);
    const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
    assert.ok(Math.abs(metrics['finalTrainLoss']!.mean - mean) < 1e-12, JSON.stringify(group));
  }
}

const approximationPairs: Readonly<Record<string, number>> = {
  'gradient-descent': 6,
  'block-diagonal': 12,
  'block-tridiagonal': 12,
  kfac: 12,
};

test('--against gives mean differences over pairs, by groups, from SQLite', (t) =>
  checkDifferences(new PlantedHome(t)));

test('--against gives the same from PostgreSQL', async (t) => {
  const binaries = findPostgres();
  if (binaries === undefined) return t.skip('PostgreSQL is not installed: the Debian package is "postgresql"');
  const server = await startPrivatePostgres(binaries);
  t.after(() => server.stop());
  return checkDifferences(new PlantedHome(t, { NATSWEEP_DATABASE_URL: server.url }));
});

test('differences are of the objective, as a table and as CSV, and say what there is where nothing pairs', async (t) => {
  const home = new PlantedHome(t);
  await home.plant(wideSweep, (trial) => wideFinding(trial));
  const against = ['results', 'planted-wide', '--against'];
  const table = await home.natsweep(...against, 'approximation=exact');
  assert.match(table.out, /^approximation +PAIRS +finalTrainLoss$/m);
  assert.match(table.out, /^kfac +24 +0 ± 0$/m);
  assert.match(table.err, /mean difference to approximation=exact over trials of equal seed/);
  const csv = await home.natsweep(...against, 'approximation=gradient-descent', '--csv', '--where', 'width=256');
  const [header, ...rows] = csv.out.trimEnd().split('\n');
  assert.equal(
    header,
    'approximation,finalTrainLoss.pairs,finalTrainLoss.mean,finalTrainLoss.standardDeviation,finalTrainLoss.confidence95',
  );
  assert.deepEqual(
    rows.map((row) => row.split(',').slice(0, 2)),
    ['block-diagonal', 'block-tridiagonal', 'exact', 'kfac'].map((name) => [name, '6']),
  );
  const alone = await home.natsweep(...against, 'width=256', '--where', 'width=256');
  assert.equal(alone.code, 0);
  assert.match(alone.err, /No other trial agrees with one of width=256 in its seed/);
});

test('a mean says over how many trials it is where some have no value', async (t) => {
  const home = new PlantedHome(t);
  await home.plant(wideSweep, (trial) => {
    const found = wideFinding(trial);
    return trial.seed === 0 ? { ...found, metrics: { ...found.metrics, finalTrainLoss: null } } : found;
  });
  const means = ['results', 'planted-wide', '--by', 'approximation', '--metrics', 'finalTrainLoss'];
  const { out, err } = await home.natsweep(...means);
  assert.match(out, /^kfac +24 +\S+ ± \S+ \(of 16\)$/m);
  assert.match(err, /\(of N\): only so many trials/);
  const csv = await home.natsweep(...means, '--csv');
  assert.match(csv.out, /^approximation,trials,finalTrainLoss\.count,/);
  assert.match(csv.out, /^kfac,24,16,/m);
});

test('what --against cannot mean is refused with the way to say it', async (t) => {
  const home = new PlantedHome(t);
  await home.plant(wideSweep, (trial) => wideFinding(trial));
  for (const [options, said] of [
    [['--against', 'exact'], /--against exact: write PARAMETER=VALUE/],
    [['--against', 'aproximation=exact'], /--against aproximation: did you mean approximation\?/],
    [['--against', 'approximation=exakt'], /--against approximation=exakt: .*did you mean exact\?/],
    [['--against', 'approximation=exact', '--limit', '3'], /leave out --limit/],
    [['--by', 'width', '--sort', 'seed', '--jsonl'], /leave out --sort and --jsonl/],
  ] as const) {
    const { code, err } = await home.natsweep('results', 'planted-wide', ...options);
    assert.equal(code, 2);
    assert.match(err, said);
  }
});

test('why a trial failed is shown also where there is no room for every parameter', async (t) => {
  const home = new PlantedHome(t);
  const axes = `{ behaviour: [finish, exhaust-memory], share: [0.125, 0.25], durationMs: [1000, 250000], busy: [true, false],
    point: [1, 1000000], group: [1, 1000], traceLength: [10, 10000] }`;
  await home.plant(`name: s\nexperiment: diagnostic\naxes: ${axes}\nrepeats: 2\n`, ({ params }) =>
    params['behaviour'] === 'exhaust-memory' && params['durationMs'] === 250_000
      ? 'the trial process ran out of memory'
      : { metrics: { value: 1 } },
  );
  const { out } = await home.natsweep('results', 's', '--failed');
  assert.match(out, /^TRIAL .* REASON$/m);
  assert.match(out.replaceAll(/\s+/g, ' '), /failed: \S+ the trial process ran out of memory/);
  assert.match(out, /^Not shown for want of width: seed/m);
});
