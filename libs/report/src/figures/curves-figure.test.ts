import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { curvesFigure, type CurvesContent } from './curves-figure.ts';

const content = (traces: readonly Readonly<Record<string, readonly (number | null)[]>>[]): CurvesContent => ({
  trials: traces.map((own, i) => ({ params: { method: i % 2 === 0 ? 'egd' : 'ngd' }, traces: own })),
  total: traces.length,
  trace: 'loss',
  description: 'mean squared error',
  label: 'loss',
  seriesBy: 'method',
});
const documentOf = (figure: ReturnType<typeof curvesFigure>) =>
  parseHTML(`<html><body>${figure!.svg}</body></html>`).document;

test('a line per trial in the colour of its method, against the recorded steps where there are some', () => {
  const figure = curvesFigure(
    content([
      { loss: [4, 2, 1], step: [0, 100, 1000] },
      { loss: [3, null, 2], step: [0, 100, 200] },
    ]),
  );
  const document = documentOf(figure);
  const lines = [...document.querySelectorAll('[aria-label="line"] path')];
  assert.deepEqual(
    lines.map((line) => line.getAttribute('stroke')),
    ['#d55e00', '#0072b2'],
  );
  const texts = [...document.querySelectorAll('text')].map(({ textContent }) => textContent);
  for (const text of ['step', 'loss', 'egd', 'ngd', '1000']) assert.ok(texts.includes(text), text);
  const [start, middle, end] = [...lines[0]!.getAttribute('d')!.matchAll(/[ML]([\d.]+),/g)].map(([, x]) => Number(x));
  assert.ok(Math.abs((middle! - start!) / (end! - start!) - 0.1) < 1e-3);
});

test('without steps places are counted; without finite values there is no figure', () => {
  const document = documentOf(curvesFigure(content([{ loss: [4, 2, 1] }, { loss: [3, 2] }])));
  assert.ok([...document.querySelectorAll('text')].some(({ textContent }) => textContent === 'recorded step'));
  assert.equal(curvesFigure(content([{ loss: [null] }, {}])), undefined);
});

test('a choice of many trials says so', () => {
  const some = content([{ loss: [1, 2] }]);
  assert.match(curvesFigure({ ...some, total: 500 })!.caption, /1 of 500, the best and an even choice/);
});
