import { escapeXml } from '../figures/frame.ts';
import type { RenderedFigure } from '../figures/frame.ts';
import type { Table } from '../table.ts';

/** Markup; everything that is not markup has gone through `text`. */
export type Html = string;

export const text = escapeXml;

/** A table in a region that scrolls by keyboard when it is wider than the page. */
export function htmlTable({ title, note, columns, rows }: Table): Html {
  const right = columns.map(({ align }) => (align === 'right' ? ' class="right"' : ''));
  const head = columns.map(({ name }, i) => `<th scope="col"${right[i]}>${text(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell, i) => `<td${right[i]}>${text(cell)}</td>`).join('')}</tr>`);
  return scrollable(
    title,
    `<table><caption>${text(title)}${note === '' ? '' : `<small>${text(note)}</small>`}</caption>` +
      `<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`,
  );
}

export function scrollable(label: string, content: Html): Html {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${text(label)}">${content}</div>`;
}

export function htmlFigure({ id, title, caption, svg }: RenderedFigure): Html {
  return `<figure id="figure-${text(id)}">${scrollable(title, svg)}<figcaption>${text(caption)}</figcaption></figure>`;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

export function htmlSection({ id, title, content }: Section): Html {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${text(title)}</h2>${content}</section>`;
}

export interface Page {
  readonly title: string;
  readonly header: Html;
  readonly sections: readonly Section[];
}

/** One self-contained file: no script, no request. The policy makes browsers hold to that, whatever a spec contains. */
export function htmlPage({ title, header, sections }: Page, style: string): Html {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const links = sections.map((section) => `<li><a href="#${section.id}">${text(section.title)}</a></li>`).join('');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="generator" content="natsweep">',
    '<link rel="icon" href="data:,">',
    `<title>${text(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#content">Skip to the content</a>',
    `<header>${header}<nav aria-label="Sections"><ul>${links}</ul></nav></header>`,
    `<main id="content">${sections.map(htmlSection).join('\n')}</main>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
