import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { findChromium, openPage, type BrowserPage } from './chromium.ts';

const { writeReport } = await import('@natsweep/report');
const { plantSweep, temporaryStore, wideFinding, wideSweep } = await import('@natsweep/report/testing');

const chromium = findChromium();
const skip = chromium === undefined ? 'no Chromium on this machine (Debian: apt-get install chromium)' : false;

/** Every SVG figure as the browser sees it: its name, size, marks by kind, and marks outside of it. */
const figuresInPage = `[...document.querySelectorAll('svg.figure')].map((svg) => {
  const box = svg.getBoundingClientRect();
  const count = (selector) => svg.querySelectorAll(selector).length;
  const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim() !== '');
  const outside = texts.map((text) => ({ name: text.textContent, rect: text.getBoundingClientRect() }))
    .filter(({ rect }) => rect.left < box.left - 1 || rect.right > box.right + 1 || rect.top < box.top - 1 || rect.bottom > box.bottom + 1)
    .map(({ name }) => name);
  return { id: svg.dataset.figure, width: box.width, height: box.height, outside,
    circles: count('circle'), paths: count('path'), rects: count('rect'), images: count('image'), texts: texts.length };
})`;

interface FigureInPage {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly outside: readonly string[];
  readonly circles: number;
  readonly paths: number;
  readonly rects: number;
  readonly images: number;
  readonly texts: number;
}

/** Contrast of the page's text colours on its background after WCAG 2.2: (L1 + 0.05)/(L2 + 0.05). */
const contrasts = `(() => {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((x) => x / 255).map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  return ['body', 'td.verdict', 'figcaption', 'nav a', 'svg.figure', '.soft'].map((selector) => {
    const text = luminance(getComputedStyle(document.querySelector(selector)).color);
    return (Math.max(text, paper) + 0.05) / (Math.min(text, paper) + 0.05);
  });
})()`;

describe('the HTML report in a browser', { skip, timeout: 120_000 }, () => {
  const hooks: (() => Promise<void>)[] = [];
  let page: BrowserPage;

  before(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'natsweep-browser-'));
    hooks.push(async () => rmSync(directory, { recursive: true }));
    const store = await temporaryStore({ after: (hook) => hooks.push(hook) });
    const sweep = await plantSweep(store, wideSweep, (trial) =>
      trial.index === 17 ? '<script>throw 1</script>' : wideFinding(trial),
    );
    const { files } = await writeReport({ store, sweep, directory, formats: ['html'] });
    page = await openPage(chromium!);
    hooks.push(() => page.close());
    await page.open(pathToFileURL(files[0]!).href);
  });
  after(async () => {
    for (const hook of hooks.reverse()) await hook();
  });

  test('every figure is there with its marks, and no text of it is cut off', async () => {
    const figures = (await page.evaluate(figuresInPage)) as FigureInPage[];
    const expected: Record<string, Partial<Record<keyof FigureInPage, number>>> = {
      // 8 panels: 5 rules at damping 0 and 4 at 1e-6, six circles or more, one line and one shade each
      'training-curves': { circles: 36 * 6, paths: 2 * 36 },
      // 2 panels, 5 rules, 2 widths
      'deviation-against-width': { circles: 20, paths: 10 },
      // 4 axes, 5 rules: 2 values of depth and width, 1 of approximation, 2 of damping but for gradient descent, which has none
      'objective-by-axis': { circles: 10 + 10 + 5 + 8 },
      'objective-heat-map': { rects: 9, images: 1 },
      'axis-importance': { rects: 4 },
      'parallel-coordinates': { paths: 80 },
    };
    assert.deepEqual(
      figures.map(({ id }) => id),
      Object.keys(expected),
    );
    for (const figure of figures) {
      assert.ok(figure.width > 200 && figure.height > 80, `${figure.id} is ${figure.width} × ${figure.height}`);
      assert.deepEqual(figure.outside, [], `texts of ${figure.id} outside of it`);
      assert.ok(figure.texts > 4);
      for (const [kind, count] of Object.entries(expected[figure.id]!)) {
        const found = figure[kind as keyof FigureInPage];
        assert.ok(Number(found) >= count, `${figure.id}: ${String(found)} ${kind}, expected ${count} or more`);
      }
    }
  });

  test('text keeps a contrast of 4.5 in light and in dark', async () => {
    for (const value of ['light', 'dark']) {
      await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
      const found = (await page.evaluate(contrasts)) as number[];
      assert.ok(Math.min(...found) >= 4.5, `${value}: ${found.join(', ')}`);
    }
    await page.send('Emulation.setEmulatedMedia', { features: [] });
  });

  test('the page is as wide as its window, on a phone too; wide tables scroll by themselves', async () => {
    for (const width of [1280, 390]) {
      await page.send('Emulation.setDeviceMetricsOverride', {
        width,
        height: 800,
        deviceScaleFactor: 1,
        mobile: false,
      });
      assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width, `at ${width} pixels`);
    }
    await page.send('Emulation.clearDeviceMetricsOverride');
  });

  test('the keyboard reaches the content first, then every section', async () => {
    const press = async (key: string) => {
      const code = key === 'Tab' ? 9 : 13;
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(key === 'Enter' ? { text: '\r' } : {}) };
      await page.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
      return page.evaluate('document.activeElement.getAttribute("href")');
    };
    assert.equal(await press('Tab'), '#content');
    const reached = [];
    for (let i = 0; i < 6; i++) reached.push(await press('Tab'));
    assert.deepEqual(reached, ['#verdicts', '#figures', '#tables', '#exploration', '#trials', '#setup']);
    await press('Enter');
    assert.equal(await page.evaluate('location.hash'), '#setup');
  });

  test('it prints', async () => {
    const { data } = (await page.send('Page.printToPDF', {})) as { readonly data: string };
    const pdf = Buffer.from(data, 'base64');
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    assert.ok((pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length >= 2);
  });

  test('no errors, no warnings, no requests, and nothing from a trial ran', () => {
    assert.deepEqual(page.complaints, []);
  });
});
