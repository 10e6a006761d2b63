import type { ComparedSweeps } from '../compare-sweeps.ts';
import { htmlFigure, htmlPage, htmlTable, text, type Html } from './elements.ts';
import { style } from './style.ts';

/** A comparison as one HTML file. */
export function htmlComparison({ table, figure }: ComparedSweeps, sweeps: readonly string[]): Html {
  const header = `<h1>${text(table.title)}</h1><p class="soft">${text(sweeps.join(', '))}</p>`;
  const content = `${figure === undefined ? '' : htmlFigure(figure)}${htmlTable({ ...table, title: 'Paired differences' })}`;
  return htmlPage(
    { title: table.title, header, sections: [{ id: 'comparison', title: 'Comparison', content }] },
    style,
  );
}
