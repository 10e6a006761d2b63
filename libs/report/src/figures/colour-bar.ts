import { formatMeasured } from '../number-format.ts';
import type { ColourScale } from './colour-scale.ts';
import { escapeXml } from './frame.ts';
import { rasterUri } from './raster.ts';

export interface ColourBar {
  /** What the left end, the middle and the right end stand for. */
  readonly ends: readonly [number, number, number];
  readonly colour: ColourScale;
  readonly x: number;
  readonly y: number;
}

/** The legend of a heat map: a strip of all its colours, 200 pixels wide and 30 high with its labels. */
export function colourBar({ ends, colour, x, y }: ColourBar): string {
  const uri = rasterUri(256, 1, (column) => colour(column / 255));
  const label = (i: number, anchor: string) =>
    `<text x="${x + 100 * i}" y="${y + 24}" text-anchor="${anchor}">${escapeXml(formatMeasured(ends[i]))}</text>`;
  const labels = [label(0, 'start'), label(1, 'middle'), label(2, 'end')].join('');
  return `<image x="${x}" y="${y}" width="200" height="10" preserveAspectRatio="none" href="${uri}"/>${labels}`;
}
