import type { Report } from '../build-report.ts';
import { progressSentence } from '../progress-sentence.ts';
import { overviewTable } from '../overview-table.ts';
import { htmlFigure, htmlPage, htmlTable, text, type Html } from './elements.ts';
import { style } from './style.ts';
import { tallyHtml, verdictsHtml } from './verdicts.ts';

/** The state of all papers at a glance: every verdict, then every sweep with its claims and figures. */
export function htmlReproduction(reports: readonly Report[]): Html {
  const sections = reports.map(({ results, claims, figures }) => {
    const { sweep, declaration, spec } = results;
    const own = figures.map((figure) => ({ ...figure, id: `${sweep.name}-${figure.id}` }));
    const content = [
      `<p class="soft">${text(declaration.title)} · ${text(declaration.source)}</p>`,
      spec.description === '' ? '' : `<p>${text(spec.description)}</p>`,
      `<p>${text(progressSentence(results))}</p>`,
      claims.length === 0 ? '' : verdictsHtml(claims),
      own.map(htmlFigure).join(''),
    ];
    return { id: `sweep-${sweep.name}`, title: sweep.name, content: content.join('') };
  });
  const claims = reports.flatMap((report) => report.claims);
  const header =
    '<h1>Reproduction of the papers</h1>' +
    `<p>${claims.length} claims in ${reports.length} sweeps, each judged by the rule in its threshold column.</p>` +
    tallyHtml(claims) +
    htmlTable(overviewTable(reports));
  return htmlPage({ title: 'natsweep: reproduction', header, sections }, style);
}
