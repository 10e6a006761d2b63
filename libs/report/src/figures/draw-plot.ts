import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { fontFamily, type Drawing } from './frame.ts';

/** Renders an Observable Plot without a browser, in the colours of the text around it. */
export function drawPlot(options: Plot.PlotOptions): Drawing {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    ...options,
    document,
    className: 'plot',
    style: { fontFamily, fontSize: '11px', background: 'none', color: 'inherit', overflow: 'visible' },
  }) as { readonly outerHTML: string; getAttribute(name: string): string | null };
  return {
    markup: rounded(svg.outerHTML),
    width: Number(svg.getAttribute('width')),
    height: Number(svg.getAttribute('height')),
  };
}

const geometry = / (?:d|cx|cy|x|y|x1|x2|y1|y2|width|height|transform)="[^"]*"/g;

/** Coordinates to hundredths of a pixel: nothing that anyone sees, and half of the file. */
function rounded(markup: string): string {
  return markup.replaceAll(geometry, (attribute) =>
    attribute.replaceAll(/\d+\.\d{3,}/g, (coordinate) => String(Number(Number(coordinate).toFixed(2)))),
  );
}
