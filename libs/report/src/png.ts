import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

const font = (name: string) => createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);

/** Rasterises a figure at twice its size with embedded fonts, so that every machine draws the same picture. */
export function renderPng(svg: string): Uint8Array {
  const renderer = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: {
      loadSystemFonts: false,
      fontFiles: [font('DejaVuSans'), font('DejaVuSans-Bold'), font('DejaVuSans-Oblique')],
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  });
  return renderer.render().asPng();
}
