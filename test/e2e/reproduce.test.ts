import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { declarations, namedSweeps, namedSweepText } from '@natsweep/catalogue';
import { earlierDatabase } from '@natsweep/results/testing';
import { parseSweepSpec } from '@natsweep/sweep';
import { findChromium, openPage } from '../browser/chromium.ts';
import { Home } from './home.ts';

interface ReproductionFacts {
  readonly sweeps: readonly string[];
  readonly reports: readonly {
    readonly sweep: string;
    readonly planned: number;
    readonly observed: number;
    readonly claims: readonly { readonly id: string }[];
  }[];
  readonly files: readonly string[];
}

/** What the page shows of one sweep: its own sentences, its verdicts, and every figure with the marks that it holds. */
const sweepsInPage = `[...document.querySelectorAll('main section')].map((section) => ({
  name: section.querySelector('h2').textContent,
  text: section.textContent,
  verdicts: [...section.querySelectorAll('td.verdict')].map((cell) => cell.textContent.slice(2)),
  figures: [...section.querySelectorAll('svg.figure')].map((svg) => ({
    id: svg.dataset.figure,
    width: svg.getBoundingClientRect().width,
    marks: svg.querySelectorAll('circle, path, image').length,
  })),
}))`;

interface SweepInPage {
  readonly name: string;
  readonly text: string;
  readonly verdicts: readonly string[];
  readonly figures: readonly { readonly id: string; readonly width: number; readonly marks: number }[];
}

test('the smallest form of every named sweep runs to its verdicts and figures on one page', async (t) => {
  const home = new Home(t);
  const page = home.path('page');
  const run = await home.natsweep('reproduce', '--size', 'smallest', '--only', namedSweeps().join(','), '--out', page);
  assert.equal(run.code, 0, run.stderr);
  assert.equal(run.stdout.trim(), `${page}/index.html`);

  const chromium = findChromium();
  if (chromium === undefined) {
    t.skip('every sweep ran, but there is no Chromium to open the page in (Debian: apt-get install chromium)');
    return;
  }
  const browser = await openPage(chromium);
  t.after(() => browser.close());
  await browser.open(pathToFileURL(`${page}/index.html`).href);
  const shown = (await browser.evaluate(sweepsInPage)) as readonly SweepInPage[];
  assert.equal(shown.length, namedSweeps().length);

  for (const name of namedSweeps()) {
    await t.test(name, () => {
      const parsed = parseSweepSpec(namedSweepText(name)!, { file: name, experiments: declarations, size: 'smallest' });
      assert.ok(parsed.ok);
      const sweep = shown.find((candidate) => candidate.name === parsed.spec.name);
      assert.ok(sweep !== undefined, `${parsed.spec.name} is not on the page`);
      const [, observed, planned] = /(\d+) of (\d+) trials observed/.exec(sweep.text) ?? [];
      assert.ok(Number(planned) > 0 && observed === planned, sweep.text.slice(0, 400));
      const { claims, figures } = declarations.find((declaration) => declaration.name === parsed.spec.experiment)!;
      assert.equal(sweep.verdicts.length, claims.length);
      for (const verdict of sweep.verdicts) assert.match(verdict, /^(reproduced|not reproduced|undecided)$/);
      assert.ok(sweep.verdicts.length === 0 || sweep.verdicts.some((verdict) => verdict !== 'undecided'));
      assert.ok(!sweep.text.includes('could not be judged'), sweep.text);
      assert.ok(sweep.figures.length > 0);
      for (const { id, width, marks } of sweep.figures) {
        assert.ok(
          figures.some((figure) => figure.id === id),
          `${id} is no figure of ${parsed.spec.experiment}`,
        );
        assert.ok(width > 200 && marks >= 3, `${id}: ${marks} marks, ${width} pixels`);
      }
    });
  }
  assert.deepEqual(browser.complaints, []);
});

test('as JSON: one document on standard output, where sweeps run first and where everything is recorded', async (t) => {
  const home = new Home(t);
  const line = ['reproduce', '--size', 'smallest', '--only', 'kerekes-fig3,karakida-lemma43', '--json'];
  const sweeps = ['kerekes-fig3-smallest', 'karakida-lemma43-smallest'];
  const rehearsed = await home.natsweep(...line, '--dry-run');
  const wouldRun = (JSON.parse(rehearsed.stdout) as { wouldRun: readonly { sweep: string }[] }).wouldRun;
  assert.deepEqual(
    wouldRun.map(({ sweep }) => sweep),
    sweeps,
  );
  for (const isRecorded of [false, true]) {
    const { code, stdout, stderr } = await home.natsweep(...line);
    assert.equal(code, 0, stderr);
    assert.equal(/Started/.test(stderr), !isRecorded);
    const facts = JSON.parse(stdout) as ReproductionFacts;
    assert.deepEqual(facts.sweeps, sweeps);
    assert.deepEqual(
      facts.reports.map(({ sweep, planned, observed }) => [sweep, planned === observed]),
      sweeps.map((sweep) => [sweep, true]),
    );
    const ids = facts.reports.flatMap(({ claims }) => claims.map(({ id }) => id));
    assert.ok(ids.length > 1 && ids.every((id) => typeof id === 'string'));
    for (const file of facts.files) assert.ok(statSync(file).size > 0, file);
  }
});

test('data that are missing are told before the first sweep runs, also where the database is of an older natsweep', async (t) => {
  const home = new Home(t);
  mkdirSync(home.path('.natsweep'));
  mkdirSync(home.path('data'));
  const database = new DatabaseSync(home.path('.natsweep', 'results.sqlite'));
  database.exec(earlierDatabase('sqlite', '0003-peak-memory'));
  database.close();
  const only = ['--only', 'quickstart,karakida-fig2', '--slots', '1'];
  const refused = await home.natsweepWith({ NATSWEEP_DATA: 'data' }, 'reproduce', '--size', 'paper', ...only);
  assert.deepEqual([refused.code, refused.stdout], [2, ''], refused.stderr);
  assert.match(refused.stderr, /karakida-fig2-paper needs data that not every worker has:/);
  assert.match(refused.stderr, /worker \S+: cifar10 is not on this machine/);
  assert.doesNotMatch(refused.stderr, /--no-data-check/);
  const status = await home.natsweep('status', '--json');
  assert.deepEqual(
    (JSON.parse(status.stdout) as { sweeps: readonly { name: string }[] }).sweeps.map(({ name }) => name),
    ['damping'],
  );
});
