/** A drawing ready to be written: SVG text with its own legend, and what a test or a reader may want to know of it. */
export interface RenderedFigure {
  readonly id: string;
  readonly title: string;
  /** What the marks mean, in sentences. */
  readonly caption: string;
  readonly svg: string;
  /** Which of measurement, spread and theory it shows. */
  readonly keys: readonly FigureKey[];
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

/** Measured means, their standard deviation as a bar or as a shade, and theory. */
export type FigureKey = 'measured' | 'bar' | 'shade' | 'theory';

/** The keys of a figure of measurements. */
export function figureKeys({
  spread,
  hasTheory,
}: {
  readonly spread: 'bar' | 'shade' | undefined;
  readonly hasTheory: boolean;
}): readonly FigureKey[] {
  return ['measured', ...(spread === undefined ? [] : [spread]), ...(hasTheory ? (['theory'] as const) : [])];
}

export interface FrameContent {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly legendTitle: string;
  readonly legend: readonly LegendEntry[];
  /** Shapes that the legend explains beside the colours. */
  readonly keys: readonly FigureKey[];
  readonly plot: Drawing;
}

/** Families in order; the first is embedded for PNG output. */
export const fontFamily = 'DejaVu Sans, Verdana, Helvetica, sans-serif';

const LINE = 20;
const MARGIN = 14;
const ADVANCE = 6.3;
const TITLE_ADVANCE = 8.4;
const TITLE_LINE = 17;
/** Titles are broken at the width of their plot, but not below this. */
const NARROWEST = 440;

/** Title, legend and plot in one self-contained SVG. Class names let a page restyle it; alone it is dark on white. */
export function frame(content: FrameContent): RenderedFigure {
  const { id, title, caption, plot } = content;
  const titleLines = wrapped(title, Math.floor(Math.max(plot.width, NARROWEST) / TITLE_ADVANCE));
  const longest = Math.max(...titleLines.map(({ length }) => length));
  const width = Math.ceil(Math.max(plot.width, longest * TITLE_ADVANCE)) + 2 * MARGIN;
  const legendTop = MARGIN + titleLines.length * TITLE_LINE;
  const { markup, lines } = legend(content, { width: width - 2 * MARGIN, top: legendTop });
  const top = legendTop + lines * LINE + 4;
  const height = Math.ceil(top + plot.height) + MARGIN;
  const titles = titleLines.map(
    (line, i) =>
      `<text x="${MARGIN}" y="${MARGIN + 10 + i * TITLE_LINE}" font-size="13" font-weight="bold">${escapeXml(line)}</text>`,
  );
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="figure" data-figure="${escapeXml(id)}" role="img"`,
    ` aria-label="${escapeXml(title)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` font-family="${fontFamily}" font-size="11" color="#222" fill="currentColor">`,
    `<desc>${escapeXml(caption)}</desc>`,
    `<rect class="paper" width="${width}" height="${height}" fill="#fff"/>`,
    ...titles,
    markup,
    `<g transform="translate(${MARGIN},${top})">${plot.markup}</g>`,
    '</svg>',
  ].join('');
  return { id, title, caption, svg, keys: content.keys };
}

function wrapped(text: string, columns: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** One row of coloured names, wrapped at the width of the plot. */
function legend(
  { legendTitle, legend: entries, keys }: FrameContent,
  { width, top }: { readonly width: number; readonly top: number },
) {
  const items: { readonly markup: (x: number, y: number) => string; readonly length: number }[] = [];
  const label = (text: string, x: number, y: number) => `<text x="${x}" y="${y}" dy="0.35em">${escapeXml(text)}</text>`;
  if (legendTitle !== '' && entries.length > 0) {
    items.push({ markup: (x, y) => label(legendTitle, x, y), length: legendTitle.length * ADVANCE + 12 });
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
      markup: (x, y) => `${keyMark(key, x, y)}${label(keyLabels[key], x + 20, y)}`,
      length: 20 + keyLabels[key].length * ADVANCE + 14,
    });
  }
  let x = 0;
  let line = 0;
  const parts = items.map((item) => {
    if (x > 0 && x + item.length > width) {
      x = 0;
      line++;
    }
    const markup = item.markup(MARGIN + x, top + 13 + line * LINE);
    x += item.length;
    return markup;
  });
  return { markup: parts.join(''), lines: items.length === 0 ? 0 : line + 1 };
}

const keyLabels: Readonly<Record<FigureKey, string>> = {
  measured: 'measured',
  bar: '± 1 s.d.',
  shade: '± 1 s.d.',
  theory: 'theory',
};

function keyMark(key: FigureKey, x: number, y: number): string {
  switch (key) {
    case 'measured':
      return `<circle cx="${x + 8}" cy="${y}" r="3" fill="none" stroke="currentColor" stroke-width="1.3"/>`;
    case 'theory':
      return `<line x1="${x}" x2="${x + 15}" y1="${y}" y2="${y}" stroke="currentColor" stroke-width="1.5"/>`;
    case 'bar':
      return `<line x1="${x + 8}" x2="${x + 8}" y1="${y - 6}" y2="${y + 6}" stroke="currentColor" stroke-opacity="0.6"/>`;
    case 'shade':
      return `<rect x="${x}" y="${y - 5}" width="15" height="10" fill="currentColor" fill-opacity="0.2"/>`;
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
