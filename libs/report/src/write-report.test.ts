import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseHTML } from 'linkedom';
import { plantSweep, temporaryStore, type Planted } from '../testing/planted-sweep.ts';
import { wideFinding, wideSweep } from '../testing/wide-sweep.ts';
import type { Trial } from '@natsweep/sweep';
import { writeReport, type ReportFormat } from './write-report.ts';
import { writeReproduction } from './write-reproduction.ts';

function folder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'natsweep-report-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function written(t: TestContext, yaml: string, plant: (trial: Trial) => Planted) {
  const store = await temporaryStore(t);
  const sweep = await plantSweep(store, yaml, plant);
  const formats: readonly ReportFormat[] = ['html', 'md', 'svg', 'png'];
  const { files } = await writeReport({ store, sweep, directory: join(folder(t), 'new', 'folder'), formats });
  const html = readFileSync(files[0]!, 'utf8');
  return { files: files.map((file) => basename(file)), html, document: parseHTML(html).document };
}

const exploring = ['objective-by-axis', 'objective-heat-map', 'axis-importance', 'parallel-coordinates'];

test('a report is one HTML file with verdicts, figures, tables and provenance, and each figure as SVG and PNG', async (t) => {
  const { files, document } = await written(t, wideSweep, (trial) => wideFinding(trial));
  const figures = ['training-curves', 'deviation-against-width', ...exploring];
  assert.deepEqual(files, [
    'planted-wide.html',
    'planted-wide.md',
    ...figures.flatMap((id) => [`planted-wide-${id}.svg`, `planted-wide-${id}.png`]),
  ]);
  assert.deepEqual(
    [...document.querySelectorAll('svg.figure')].map((svg) => svg.getAttribute('data-figure')),
    figures,
  );
  assert.deepEqual(
    [...document.querySelectorAll('h2')].map(({ textContent }) => textContent),
    ['Claims', 'Figures', 'Tables', 'Exploration', 'Trials', 'What was run'],
  );
  assert.equal(document.querySelectorAll('td.verdict.reproduced').length, 3);
  assert.match(document.body.textContent, /openblas \(0\.3\.21\) on cpu, float64, 1 thread: 108 trials/);
  for (const link of document.querySelectorAll('nav a')) assert.ok(document.querySelector(link.getAttribute('href')!));
});

test('the file asks for nothing and runs nothing', async (t) => {
  const { html, document } = await written(t, wideSweep, (trial) => wideFinding(trial));
  assert.equal(document.querySelectorAll('script, iframe, object, embed, base, form').length, 0);
  for (const node of document.querySelectorAll('[src], [href]')) {
    assert.match(node.getAttribute('src') ?? node.getAttribute('href')!, /^(#|data:)/);
  }
  assert.ok(!/\son\w+\s*=/.test(html.replaceAll(/<style>[\s\S]*?<\/style>/g, '')));
  assert.match(html, /default-src 'none'/);
});

test('text from specs and failures is escaped everywhere', async (t) => {
  const payload = `</title><img src=x onerror=alert(1)>"'&`;
  const yaml = `name: hostile\nexperiment: wide-training\ndescription: ${JSON.stringify(payload)}\naxes: { depth: [3, 4, 5], width: [8, 16] }\nrepeats: 2\nwhere: "width != 4 || depth < 100"\n`;
  const { html, document } = await written(t, yaml, (trial) => (trial.index === 3 ? payload : wideFinding(trial)));
  assert.equal(document.querySelectorAll('img').length, 0);
  assert.ok(!html.includes('<img'));
  assert.equal(document.querySelectorAll('title').length, 1);
  assert.ok(document.body.textContent.includes(payload));
});

test('empty, failed, partial and single-trial sweeps give a report without empty sections', async (t) => {
  const headings = async (name: string, yaml: string, plant: (trial: Trial) => Planted) => {
    const { document } = await written(t, yaml.replace('planted-wide', name), plant);
    for (const section of document.querySelectorAll('section'))
      assert.ok(section.children.length > 1, `${name}: ${section.textContent}`);
    return [...document.querySelectorAll('h2')].map(({ textContent }) => textContent);
  };
  assert.deepEqual(await headings('empty', wideSweep, () => undefined), ['Claims', 'What was run']);
  assert.deepEqual(await headings('failed', wideSweep, () => 'Out of memory'), ['Claims', 'Trials', 'What was run']);
  const all = ['Claims', 'Figures', 'Tables', 'Exploration', 'Trials', 'What was run'];
  assert.deepEqual(
    await headings('partial', wideSweep, (trial) => (trial.index < 40 ? wideFinding(trial) : undefined)),
    all,
  );
  const single = 'name: single\nexperiment: wide-training\n';
  assert.deepEqual(
    await headings('single', single, (trial) => wideFinding(trial)),
    all.filter((title) => title !== 'Exploration'),
  );
  const diverged = (): Planted => ({
    outcome: 'diverged',
    metrics: { finalTrainLoss: null },
    traces: { trainLoss: [1, null] },
  });
  assert.ok((await headings('diverged', wideSweep, diverged)).includes('What was run'));
});

test('an experiment without claims and figures of its own is explored all the same', async (t) => {
  const yaml = 'name: plain\nexperiment: diagnostic\naxes: { point: [1, 2, 3], group: [0, 1] }\nrepeats: 4\n';
  const { document } = await written(t, yaml, ({ params, seed }) => ({
    metrics: { value: Number(params['point']) + 0.01 * seed },
    traces: { ramp: [0, 1, 2] },
  }));
  assert.deepEqual(
    [...document.querySelectorAll('svg.figure')].map((svg) => svg.getAttribute('data-figure')),
    ['curves', ...exploring],
  );
});

test('a page of several sweeps shows every verdict and links its figures', async (t) => {
  const store = await temporaryStore(t);
  const sweeps = [
    await plantSweep(store, wideSweep, (trial) => wideFinding(trial)),
    await plantSweep(store, wideSweep.replace('planted-wide', 'second'), (trial) => wideFinding(trial, 0.2)),
  ];
  const directory = folder(t);
  const { files } = await writeReproduction({ store, sweeps, directory });
  const { document } = parseHTML(readFileSync(join(directory, 'index.html'), 'utf8'));
  assert.equal(document.querySelectorAll('td.verdict').length, 6);
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  assert.equal(new Set(ids).size, ids.length);
  const markdown = readFileSync(join(directory, 'README.md'), 'utf8');
  for (const [, file] of markdown.matchAll(/\]\(([^)]+\.svg)\)/g)) assert.ok(files.includes(join(directory, file!)));
  assert.match(markdown, /not reproduced/);
});
