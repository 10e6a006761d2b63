import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricFigure } from '@natsweep/catalogue';
import type { Measured } from '@natsweep/sweep';
import { parseHTML } from 'linkedom';
import { metricFigure } from './metric-figure.ts';

const figure: MetricFigure = {
  id: 'deviation',
  kind: 'metric',
  title: 'Deviation',
  source: 'Theorem A.3',
  x: 'width',
  measured: 'deviation',
  theory: 'bound',
  panelBy: ['depth'],
  seriesBy: 'approximation',
  xLabel: 'width M',
  yLabel: 'deviation',
  xScale: 'log',
  yScale: 'log',
};

const trial = (width: number, deviation: Measured, approximation = 'exact', depth = 3) => ({
  params: { width, approximation, depth },
  metrics: { deviation, bound: 1 / width },
});

const marks = (svg: string) => parseHTML(`<html><body>${svg}</body></html>`).document;

test('one circle per width and approximation at the mean over seeds, a bar of one deviation, theory as a line', () => {
  const trials = [16, 64, 256].flatMap((width) => [
    ...[1, 3].map((scale) => trial(width, scale / width)),
    ...[1, 3].map((scale) => trial(width, (2 * scale) / width, 'kfac')),
  ]);
  const document = marks(metricFigure(figure, trials)!.svg);
  const circles = [...document.querySelectorAll('[aria-label="dot"] circle')];
  assert.equal(circles.length, 6);
  assert.equal(document.querySelectorAll('[aria-label="rule"] line').length, 6);
  assert.equal(document.querySelectorAll('[aria-label="line"] path').length, 2);
  // coordinates are written in hundredths of a pixel: a distance is exact to two of them
  const written = 0.0201;
  // equal ratios on log axes are equal distances: means 2/M at M = 16, 64, 256 lie on a straight line
  const [first, second, third] = circles
    .filter((circle) => circle.getAttribute('stroke') === '#0072b2')
    .map((circle) => [Number(circle.getAttribute('cx')), Number(circle.getAttribute('cy'))]);
  assert.ok(Math.abs(second![0]! - first![0]! - (third![0]! - second![0]!)) < written);
  assert.ok(Math.abs(second![1]! - first![1]! - (third![1]! - second![1]!)) < written);
});

test('on a log scale the circle is the geometric mean and the bar is as long upwards as downwards', () => {
  const { svg, caption } = metricFigure(figure, [trial(16, 1), trial(16, 4), trial(64, 2), trial(64, 2)])!;
  const [first, second] = [...marks(svg).querySelectorAll('[aria-label="dot"] circle')].map((circle) =>
    Number(circle.getAttribute('cy')),
  );
  assert.equal(first, second);
  const bars = [...marks(svg).querySelectorAll('[aria-label="rule"] line')];
  assert.equal(bars.length, 1);
  const [y1, y2] = ['y1', 'y2'].map((name) => Number(bars[0]!.getAttribute(name)));
  assert.ok(Math.abs((y1! + y2!) / 2 - first!) < 0.0151, `${y1} and ${y2} around ${first}`);
  assert.match(caption, /geometric mean over 2 trials, bars one standard deviation of the logarithm/);
});

test('panels stand for depth, with titles, only where depth varies', () => {
  const titles = (trials: ReturnType<typeof trial>[]) =>
    [...marks(metricFigure(figure, trials)!.svg).querySelectorAll('text')].map((node) => node.textContent);
  assert.ok(titles([trial(8, 1), trial(8, 1, 'exact', 4)]).includes('depth 4'));
  assert.ok(!titles([trial(8, 1), trial(16, 1)]).some((text) => text?.startsWith('depth')));
});

test('what a scale cannot show is counted in the caption; nothing to show gives no figure', () => {
  const { caption } = metricFigure(figure, [trial(8, 1), trial(8, 0), trial(16, null)])!;
  assert.match(caption, /2 trials have no deviation that this scale can show/);
  assert.equal(metricFigure(figure, [trial(8, null)]), undefined);
  assert.equal(metricFigure(figure, []), undefined);
  assert.equal(metricFigure({ ...figure, x: 'rank' }, [trial(8, 1)]), undefined);
});

test('an x that is no number stands side by side', () => {
  const byName = { ...figure, x: 'approximation', xScale: 'linear' as const, seriesBy: 'depth' };
  const texts = [...marks(metricFigure(byName, [trial(8, 1), trial(8, 2, 'kfac')])!.svg).querySelectorAll('text')];
  for (const name of ['exact', 'kfac']) assert.ok(texts.some((node) => node.textContent === name));
});
