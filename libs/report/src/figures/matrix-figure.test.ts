import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import type { MatrixFigure } from '@natsweep/catalogue';
import { matrixFigure } from './matrix-figure.ts';
import { rasterUri } from './raster.ts';
import type { TracedTrial } from './trace-bands.ts';

const figure: MatrixFigure = {
  id: 'kernel',
  kind: 'matrix',
  title: 'Tangent kernel',
  source: 'Fig. 3',
  panelBy: ['depth'],
  seriesBy: 'depth',
  trace: 'kernel',
  columns: 3,
};

async function* of(...trials: readonly TracedTrial[]): AsyncIterable<TracedTrial> {
  yield* trials;
}

/** The pixels of one of our own PNGs: 8-bit true colour without filters. */
function pixels(uri: string): { width: number; height: number; at(x: number, y: number): number[] } {
  const png = Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const start = png.indexOf('IDAT') + 4;
  const data = inflateSync(png.subarray(start, start + png.readUInt32BE(start - 8)));
  return { width, height, at: (x, y) => [...data.subarray(y * (1 + 3 * width) + 1 + 3 * x).subarray(0, 3)] };
}

test('a raster holds each entry of its matrix as a square of pixels', () => {
  const { width, height, at } = pixels(rasterUri(3, 2, (column, row) => [10 * column, 20 * row, 30]));
  const [zoomX, zoomY] = [width / 3, height / 2];
  assert.equal(zoomX, zoomY);
  for (const [column, row] of [
    [0, 0],
    [2, 0],
    [1, 1],
  ] as const) {
    for (const inside of [0, 0.99]) {
      const colour = at(Math.floor((column + inside) * zoomX), Math.floor((row + inside) * zoomY));
      assert.deepEqual(colour, [10 * column, 20 * row, 30]);
    }
  }
});

test('one heat map per panel, averaged over trials, on one scale that is symmetric where signs differ', async () => {
  const kernel = (depth: number, values: readonly (number | null)[]) => ({
    params: { depth },
    traces: { kernel: values },
  });
  const rendered = await matrixFigure(
    figure,
    of(kernel(2, [1, 0, -1, 0, 2, 0]), kernel(2, [1, 0, -3, 0, 4, 0]), kernel(3, [0, 0, 0, 0, 0, null])),
  );
  const uris = [...rendered!.svg.matchAll(/class="panel">.*?href="([^"]+)"/g)].map(([, uri]) => pixels(uri!));
  assert.equal(uris.length, 2);
  const [first, second] = uris;
  const zoom = first!.width / 3;
  // means 1, 0, −2 and 0, 3, 0 on a scale of ±3: zero is the scale's middle, 3 its red end
  assert.deepEqual(first!.at(1 * zoom, 0), [247, 247, 247]);
  assert.deepEqual(first!.at(1 * zoom, zoom), [178, 24, 43]);
  assert.deepEqual(second!.at(0, 0), [247, 247, 247]);
  assert.deepEqual(second!.at(2 * zoom, zoom), [200, 200, 200]);
  assert.match(rendered!.svg, /depth 2.*depth 3/);
  assert.match(rendered!.caption, /Mean over 1 to 2 trials/);
});

test('without the trace there is no figure', async () => {
  assert.equal(await matrixFigure(figure, of({ params: { depth: 2 }, traces: {} })), undefined);
});
