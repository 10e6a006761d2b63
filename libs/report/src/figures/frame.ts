/** A drawing ready to be written: SVG text with its own legend, and what a test or a reader may want to know of it. */
export interface RenderedFigure {
  readonly id: string;
  readonly title: string;
  /** What the marks mean, in sentences. */
  readonly caption: string;
  readonly svg: string;
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
}

/** SVG markup with its size in pixels; its origin is the upper left corner. */
export interface Drawing {
  readonly markup: string;
  readonly width: number;
  readonly height: number;
}

export interface FrameContent {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly legendTitle: string;
  readonly legend: readonly LegendEntry[];
  /** Shapes that the legend explains beside the colours. */
  readonly keys: readonly ('measured' | 'theory' | 'spread')[];
  readonly plot: Drawing;
}

/** Families in order; the first is embedded for PNG output. */
export const fontFamily = 'DejaVu Sans, Verdana, Helvetica, sans-serif';

const LINE = 20;
const MARGIN = 14;
const ADVANCE = 6.3;
const TITLE_ADVANCE = 8.4;

/** Title, legend and plot in one self-contained SVG. Class names let a page restyle it; alone it is dark on white. */
export function frame(content: FrameContent): RenderedFigure {
  const { id, title, caption, plot } = content;
  const width = Math.ceil(Math.max(plot.width, title.length * TITLE_ADVANCE)) + 2 * MARGIN;
  const { markup, lines } = legend(content, width - 2 * MARGIN);
  const top = MARGIN + 16 + lines * LINE + 4;
  const height = Math.ceil(top + plot.height) + MARGIN;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="figure" data-figure="${escapeXml(id)}" role="img"`,
    ` aria-label="${escapeXml(title)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` font-family="${fontFamily}" font-size="11" color="#222" fill="currentColor">`,
    `<desc>${escapeXml(caption)}</desc>`,
    `<rect class="paper" width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN}" y="${MARGIN + 10}" font-size="13" font-weight="bold">${escapeXml(title)}</text>`,
    markup,
    `<g transform="translate(${MARGIN},${top})">${plot.markup}</g>`,
    '</svg>',
  ].join('');
  return { id, title, caption, svg };
}

/** One row of coloured names, wrapped at the width of the plot. */
function legend({ legendTitle, legend: entries, keys }: FrameContent, width: number) {
  const items: { readonly markup: (x: number, y: number) => string; readonly length: number }[] = [];
  const label = (text: string, x: number, y: number) => `<text x="${x}" y="${y}" dy="0.35em">${escapeXml(text)}</text>`;
  if (legendTitle !== '' && entries.length > 0) {
    items.push({ markup: (x, y) => label(legendTitle, x, y), length: legendTitle.length * ADVANCE + 10 });
  }
  for (const { label: text, colour } of entries) {
    items.push({
      markup: (x, y) =>
        `<rect x="${x}" y="${y - 5}" width="10" height="10" rx="2" fill="${colour}"/>${label(text, x + 15, y)}`,
      length: 15 + text.length * ADVANCE + 14,
    });
  }
  for (const key of keys) {
    items.push({
      markup: (x, y) => `${keyMark(key, x, y)}${label(key, x + 20, y)}`,
      length: 20 + key.length * ADVANCE + 14,
    });
  }
  let x = 0;
  let line = 0;
  const parts = items.map((item) => {
    if (x > 0 && x + item.length > width) {
      x = 0;
      line++;
    }
    const markup = item.markup(MARGIN + x, MARGIN + 16 + 14 + line * LINE);
    x += item.length;
    return markup;
  });
  return { markup: parts.join(''), lines: items.length === 0 ? 0 : line + 1 };
}

function keyMark(key: FrameContent['keys'][number], x: number, y: number): string {
  switch (key) {
    case 'measured':
      return `<circle cx="${x + 8}" cy="${y}" r="3" fill="none" stroke="currentColor" stroke-width="1.3"/>`;
    case 'theory':
      return `<line x1="${x}" x2="${x + 15}" y1="${y}" y2="${y}" stroke="currentColor" stroke-width="1.5"/>`;
    case 'spread':
      return `<line x1="${x + 8}" x2="${x + 8}" y1="${y - 6}" y2="${y + 6}" stroke="currentColor" stroke-opacity="0.6"/>`;
    default:
      return key satisfies never;
  }
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
