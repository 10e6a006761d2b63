import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wideTraining, type TraceFigure } from '@natsweep/catalogue';
import { parseHTML } from 'linkedom';
import { renderPng } from '../png.ts';
import { traceFigure } from './trace-figure.ts';
import type { TracedTrial } from './trace-bands.ts';

const figure = wideTraining.figures.find((candidate): candidate is TraceFigure => candidate.kind === 'traces')!;

async function* of(trials: readonly TracedTrial[]): AsyncIterable<TracedTrial> {
  yield* trials;
}

const approximations = ['gradient-descent', 'exact', 'kfac'];
const trials = [256, 1024].flatMap((width) =>
  approximations.flatMap((approximation, i) =>
    [1, 4].map((scale): TracedTrial => {
      const trainLoss = Array.from({ length: 25 }, (_, step) => scale * 2 ** (-step * (i + 1)));
      return {
        params: { depth: 3, width, damping: 0, approximation },
        traces: { trainLoss, trainLossTheory: trainLoss },
      };
    }),
  ),
);

test('one panel per width, one colour per approximation, circles for measurements and lines for theory', async () => {
  const rendered = await traceFigure(figure, of(trials));
  const { document } = parseHTML(`<html><body>${rendered!.svg}</body></html>`);
  const texts = [...document.querySelectorAll('text')].map((node) => node.textContent);
  for (const text of ['width 256', 'width 1024', 'step', 'training loss', 'measured', 'theory', ...approximations]) {
    assert.ok(texts.includes(text), `"${text}" is missing from ${texts.join(', ')}`);
  }
  const lines = document.querySelectorAll('[aria-label="line"] path');
  assert.equal(lines.length, 2 * approximations.length);
  const circles = document.querySelectorAll('[aria-label="dot"] circle');
  assert.ok(circles.length >= 2 * approximations.length * 6);
  const colours = new Set([...circles].map((circle) => circle.getAttribute('stroke')));
  assert.deepEqual([...colours].sort(), ['#0072b2', '#666666', '#cc79a7']);
});

test('on a log scale the centre is the geometric mean: circles stand at the same height as theory drawn there', async () => {
  const pair = (trainLoss: number) => ({
    params: { approximation: 'exact' },
    traces: { trainLoss: [trainLoss, trainLoss], trainLossTheory: [2, 2] },
  });
  const rendered = await traceFigure(figure, of([pair(1), pair(4)]));
  const { document } = parseHTML(`<html><body>${rendered!.svg}</body></html>`);
  const circle = document.querySelector('[aria-label="dot"] circle')!;
  const [, lineY] = /M[\d.]+,([\d.]+)/.exec(document.querySelector('[aria-label="line"] path')!.getAttribute('d')!)!;
  // coordinates are written in hundredths of a pixel
  assert.ok(Math.abs(Number(circle.getAttribute('cy')) - Number(lineY)) <= 0.0101);
});

test('a curve ends where its first trial ends; zeros fall out of a log panel; nothing to draw gives no figure', async () => {
  const params = { approximation: 'exact' };
  const draw = async (...traces: readonly (readonly (number | null)[])[]) => {
    const trials = traces.map((trainLoss) => ({ params, traces: { trainLoss, trainLossTheory: [1, 0] } }));
    const rendered = (await traceFigure(figure, of(trials)))!;
    return { caption: rendered.caption, document: parseHTML(`<html><body>${rendered.svg}</body></html>`).document };
  };
  const circles = ({ document }: Awaited<ReturnType<typeof draw>>) =>
    document.querySelectorAll('[aria-label="dot"] circle').length;
  assert.equal(circles(await draw([4, 3, 2, 1], [4, 3])), 2);
  assert.equal(circles(await draw([4, null, 2, 1])), 3);
  const floored = await draw([1, 0.5, 1e-300, 0]);
  assert.equal(circles(floored), 2);
  assert.match(floored.caption, /16 decades below the largest are not shown/);
  // the theory line falls vertically from 1 to the lower edge of the frame
  const [, x1, y1, x2, y2] = /^M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)$/
    .exec(floored.document.querySelector('[aria-label="line"] path')!.getAttribute('d')!)!
    .map(Number);
  assert.equal(x1, x2);
  const frameBottom = [...floored.document.querySelectorAll('[aria-label="frame"] rect')].map(
    (rect) => Number(rect.getAttribute('y')) + Number(rect.getAttribute('height')),
  )[0]!;
  assert.ok(y2! > y1! && Math.abs(y2! - frameBottom) < 1, `${y2} against ${frameBottom}`);
  assert.equal(await traceFigure(figure, of([])), undefined);
});

test('theory of two rules that coincides shows both colours; a long curve keeps what is narrow in its shade', async () => {
  const same = ['exact', 'kfac'].flatMap((approximation) =>
    [0, 0.5].map((shift): TracedTrial => {
      const trainLoss = Array.from({ length: 400 }, (_, step) => (step === 201 ? 1000 : 1) + shift);
      return { params: { approximation }, traces: { trainLoss, trainLossTheory: trainLoss.map(() => 2) } };
    }),
  );
  const { svg } = (await traceFigure(figure, of(same)))!;
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  const dashed = [...document.querySelectorAll('[aria-label="line"] > g')];
  assert.deepEqual(
    dashed.map((mark) => mark.getAttribute('stroke-dasharray')),
    ['7 7', '7 7'],
  );
  assert.notEqual(dashed[0]!.getAttribute('stroke-dashoffset'), dashed[1]!.getAttribute('stroke-dashoffset'));
  const shades = [...document.querySelectorAll('[aria-label="area"] path')];
  assert.equal(shades.length, 2);
  const heights = [...shades[0]!.getAttribute('d')!.matchAll(/[ML][\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
  assert.ok(heights.length <= 2 * 81, `${heights.length} points`);
  // the one step of 400 that is a thousand times as high is still there
  assert.ok(heights.filter((y) => y < 50).length > 0, heights.join(' '));
});

test('text is escaped and the PNG is a PNG of twice the size', async () => {
  const hostile = { ...figure, title: '<script>&"\u0000' };
  const { svg } = (await traceFigure(hostile, of(trials)))!;
  assert.ok(!svg.includes('<script>') && svg.includes('&lt;script&gt;&amp;&quot;\uFFFD'));
  const png = Buffer.from(renderPng(svg));
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  assert.equal(png.readUInt32BE(16), 2 * Number(/width="(\d+)"/.exec(svg)![1]));
});

test('series that are called like colours have the colours of the legend', async () => {
  const trials = ['none', 'tan'].map((approximation) => ({
    params: { approximation },
    traces: { trainLoss: [2, 1], trainLossTheory: [2, 1] },
  }));
  const rendered = await traceFigure(figure, of(trials));
  const { document } = parseHTML(`<html><body>${rendered!.svg}</body></html>`);
  for (const mark of ['[aria-label="line"] path', '[aria-label="dot"] circle']) {
    const colours = [...document.querySelectorAll(mark)].map((node) => node.getAttribute('stroke'));
    assert.ok(colours.length >= 2 && colours.every((colour) => /^#[0-9a-f]{6}$/.test(colour ?? '')), colours.join(' '));
  }
});
