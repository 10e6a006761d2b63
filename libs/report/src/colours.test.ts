import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seriesColours } from './colours.ts';

const approximations = [
  'gradient-descent',
  'exact',
  'block-diagonal',
  'block-tridiagonal',
  'kfac',
  'unit-wise',
  'diagonal',
  'quasi-diagonal',
  'layer-wise',
];

test('an approximation has its colour in whatever company', () => {
  const all = new Map(approximations.map((name, i) => [name, seriesColours(approximations)[i]]));
  assert.equal(new Set(all.values()).size, approximations.length);
  for (const name of approximations) assert.deepEqual(seriesColours([name]), [all.get(name)]);
  assert.equal(seriesColours(['something else', 'kfac'])[1], all.get('kfac'));
});

test('unknown values get colours that no known value beside them has', () => {
  const colours = seriesColours(['exact', 'a', 'b', 'c']);
  assert.equal(new Set(colours).size, 4);
});

test('numbers run along a scale from dark to light', () => {
  const lightness = seriesColours([1, 2, 3, 4, 5]).map((colour) =>
    [1, 3, 5].reduce((sum, i, c) => sum + [0.3, 0.6, 0.1][c]! * Number.parseInt(colour.slice(i, i + 2), 16), 0),
  );
  assert.deepEqual(
    lightness,
    lightness.toSorted((a, b) => a - b),
  );
});

test('numbers and approximations of a mark stand out from light and from dark paper', () => {
  const luminance = (colour: string) =>
    [1, 3, 5]
      .map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255)
      .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
      .reduce((sum, x, i) => sum + [0.2126, 0.7152, 0.0722][i]! * x, 0);
  const contrast = (a: string, b: string) => {
    const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
    return (lighter + 0.05) / (darker + 0.05);
  };
  for (const count of [2, 3, 5, 9, 13]) {
    for (const colour of seriesColours(Array.from({ length: count }, (_, i) => i))) {
      // WCAG 2.2, 1.4.11: parts of graphics that must be told from their surroundings
      for (const paper of ['#ffffff', '#15181c']) assert.ok(contrast(colour, paper) >= 3, `${colour} on ${paper}`);
    }
  }
  for (const colour of seriesColours(approximations)) {
    for (const paper of ['#ffffff', '#15181c']) assert.ok(contrast(colour, paper) >= 2.2, `${colour} on ${paper}`);
  }
});

/** Machado, Oliveira and Fernandes 2009, severity 1: colours as seen without red-sensitive and green-sensitive cones. */
const deficiencies = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
};

test('approximations stay apart without red or green cones', () => {
  const linear = (colour: string) => [1, 3, 5].map((i) => (Number.parseInt(colour.slice(i, i + 2), 16) / 255) ** 2.2);
  const colours = seriesColours(approximations).map(linear);
  for (const [name, m] of Object.entries(deficiencies)) {
    const seen = colours.map((c) =>
      [0, 3, 6].map((row) => Math.max(0, m[row]! * c[0]! + m[row + 1]! * c[1]! + m[row + 2]! * c[2]!) ** (1 / 2.2)),
    );
    for (const [i, a] of seen.entries()) {
      for (const b of seen.slice(i + 1)) {
        const distance = Math.hypot(...a.map((channel, c) => channel - b[c]!));
        assert.ok(distance > 0.12, `${name}: two colours are ${distance.toFixed(3)} apart`);
      }
    }
  }
});
