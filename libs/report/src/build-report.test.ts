import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantSweep, temporaryStore } from '../testing/planted-sweep.ts';
import { wideFinding, wideSweep } from '../testing/wide-sweep.ts';
import { buildReport } from './build-report.ts';
import { markdownReport } from './markdown-report.ts';
import { UnknownSweepError } from './recorded-sweep.ts';

const statuses = (report: Awaited<ReturnType<typeof buildReport>>) =>
  report.claims.map(({ claim, verdict }) => [claim.id, verdict.status]);

test('findings as the paper predicts are reproduced, claim by claim', async (t) => {
  const store = await temporaryStore(t);
  const report = await buildReport(store, await plantSweep(store, wideSweep, (trial) => wideFinding(trial)));
  assert.deepEqual(statuses(report), [
    ['block-diagonal-decay', 'reproduced'],
    ['fewer-steps-than-gradient-descent', 'reproduced'],
    ['deviation-shrinks-with-width', 'reproduced'],
  ]);
});

test('planted findings that contradict the paper are not reproduced', async (t) => {
  const store = await temporaryStore(t);
  const name = await plantSweep(store, wideSweep, (trial) => {
    const { metrics } = wideFinding(trial, 0.2) as { metrics: Record<string, number | null> };
    return { metrics: { ...metrics, deviationFromTheory: 0.3, stepsToLoss: 20 } };
  });
  const report = await buildReport(store, name);
  assert.deepEqual(
    statuses(report).map(([, status]) => status),
    ['not reproduced', 'not reproduced', 'not reproduced'],
  );
});

test('the tables give mean and deviation over seeds by approximation and width, computed here again by hand', async (t) => {
  const store = await temporaryStore(t);
  const { tables } = await buildReport(store, await plantSweep(store, wideSweep, (trial) => wideFinding(trial)));
  const [loss, deviation] = tables;
  assert.deepEqual([loss?.title, deviation?.title], ['finalTrainLoss', 'deviationFromTheory']);
  assert.deepEqual(
    deviation?.columns.map(({ name }) => name),
    ['approximation', 'depth', 'damping', 'width 256', 'width 1024'],
  );
  const row = deviation?.rows.find(
    ([approximation, depth, damping]) => approximation === 'kfac' && depth === '3' && damping === '10⁻⁶',
  );
  // 2.5 (1 + 0.05 s)/16 over s = 0, 1, 2: mean 0.1640625, sample deviation 0.0078125; half of both at four times the width
  assert.deepEqual(row?.slice(3), ['0.1641 ± 0.0078', '0.0820 ± 0.0039']);
  assert.equal(loss?.rows.length, 2 * (1 + 4 * 2));
});

test('sweeps without observations, with some, with failures only and with one trial give a report that says so', async (t) => {
  const store = await temporaryStore(t);
  const named = (name: string) => wideSweep.replace('planted-wide', name);
  const empty = await buildReport(store, await plantSweep(store, named('empty'), () => undefined));
  assert.ok(empty.claims.every(({ verdict }) => verdict.status === 'undecided'));
  assert.match(markdownReport(empty), /0 of 108 trials observed, 0 failed, 108 still to come/);

  const partial = await buildReport(
    store,
    await plantSweep(store, named('partial'), (trial) => (trial.index < 20 ? wideFinding(trial) : undefined)),
  );
  assert.match(markdownReport(partial), /20 of 108 trials observed \(20 converged\), 0 failed, 88 still to come/);

  const failed = await buildReport(store, await plantSweep(store, named('failed'), () => 'Segmentation fault'));
  assert.match(markdownReport(failed), /0 of 108 trials observed, 108 failed \(108 crash\)/);
  assert.equal(failed.figures.length, 0);

  const single = 'name: single\nexperiment: wide-training\n';
  const one = await buildReport(store, await plantSweep(store, single, (trial) => wideFinding(trial)));
  assert.equal(one.results.measurements.length, 1);
  assert.ok(one.figures.some(({ id }) => id === 'training-curves'));
});

test('a name that is not in the database is an error that names it', async (t) => {
  const store = await temporaryStore(t);
  await assert.rejects(
    buildReport(store, 'nowhere'),
    (error) => error instanceof UnknownSweepError && /nowhere/.test(error.message),
  );
});

test('a figure of trials at the largest value of a parameter shows no others', async (t) => {
  const store = await temporaryStore(t);
  const sweep = `name: profiles
experiment: sparse-classification
axes: { samples: [20, 50, 30], method: [egd, ngd] }
repeats: 2
`;
  const name = await plantSweep(store, sweep, ({ params }) => {
    const profile = params['samples'] === 50 ? [0.9, 0.1] : [7, 7];
    return { metrics: { accuracy: 0.8 }, traces: { profile, profileTarget: [1, 0] } };
  });
  const { figures } = await buildReport(store, name);
  const figure = figures.find(({ id }) => id === 'coefficients')!;
  assert.match(figure.caption, /mean over 2 trials/);
  assert.match(figure.svg, /method egd/);
  assert.doesNotMatch(figure.svg, /samples \d/);
  assert.doesNotMatch(figure.svg, />7</, 'the axis does not reach to values at fewer samples');
});

test('text from a spec cannot become Markdown or SVG markup', async (t) => {
  const store = await temporaryStore(t);
  const hostile = `name: hostile\nexperiment: wide-training\ndescription: "<script>alert(1)</script> | [x](y) *z*"\n`;
  const report = await buildReport(store, await plantSweep(store, hostile, (trial) => wideFinding(trial)));
  const markdown = markdownReport(report);
  assert.ok(!markdown.includes('<script>') && !markdown.includes('[x](y)') && !markdown.includes(' *z*'));
});

test('the settings name the versions of experiment, engine and natsweep that ran the trials, and that which judged them', async (t) => {
  const store = await temporaryStore(t);
  const { setupTables } = await buildReport(store, await plantSweep(store, wideSweep, (trial) => wideFinding(trial)));
  const settings = new Map(setupTables[1]!.rows.map(([name, value]) => [name, value]));
  assert.match(settings.get('experiment') ?? '', /^wide-training, version \d+$/);
  assert.match(settings.get('natsweep') ?? '', /^0\.0\.9: 108 trials$/);
  assert.match(settings.get('judged and drawn by') ?? '', /^natsweep \d+\.\d+\.\d+$/);
  assert.match(settings.get('engine') ?? '', /^openblas \(0\.3\.21\) on cpu, float64, 1 thread: 108 trials$/);
});
