import type { Report } from '../build-report.ts';
import { progressSentence } from '../progress-sentence.ts';
import { htmlFigure, htmlPage, htmlTable, text, type Html, type Section } from './elements.ts';
import { style } from './style.ts';
import { tallyHtml, verdictsHtml } from './verdicts.ts';

/** A sweep as one HTML file that can be sent to a colleague. */
export function htmlReport(report: Report): Html {
  const { results, claims, figures, exploring, tables, trialTables, setupTables } = report;
  const { sweep, declaration, spec } = results;
  const sections: readonly Section[] = [
    { id: 'verdicts', title: 'Claims', content: claims.length === 0 ? '' : verdictsHtml(claims) },
    { id: 'figures', title: 'Figures', content: figures.map(htmlFigure).join('') },
    { id: 'tables', title: 'Tables', content: tables.map(htmlTable).join('') },
    { id: 'exploration', title: 'Exploration', content: exploring.map(htmlFigure).join('') },
    { id: 'trials', title: 'Trials', content: trialTables.map(htmlTable).join('') },
    { id: 'setup', title: 'What was run', content: setupTables.map(htmlTable).join('') + specHtml(sweep.spec) },
  ];
  const header = [
    `<p class="soft">${text(declaration.title)} · ${text(declaration.source)}</p>`,
    `<h1>${text(sweep.name)}</h1>`,
    spec.description === '' ? '' : `<p>${text(spec.description)}</p>`,
    `<p>${text(progressSentence(results))}</p>`,
    results.measurements.length === 0 ? '<p>There is nothing to draw yet: no trial has an observation.</p>' : '',
    tallyHtml(claims),
  ].join('');
  return htmlPage({ title: sweep.name, header, sections: sections.filter(({ content }) => content !== '') }, style);
}

const LONGEST_SPEC = 20_000;

function specHtml(spec: string): Html {
  const pretty = JSON.stringify(JSON.parse(spec), undefined, 2);
  const shown = pretty.length > LONGEST_SPEC ? `${pretty.slice(0, LONGEST_SPEC)}\n…` : pretty;
  return `<details><summary>The spec as it was run</summary><pre tabindex="0">${text(shown)}</pre></details>`;
}
