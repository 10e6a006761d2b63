import type { MatrixFigure } from '@natsweep/catalogue';
import type { Measured } from '@natsweep/sweep';
import { caption, countRange, sourceSentence } from './caption.ts';
import { colourBar } from './colour-bar.ts';
import { diverging, sequential } from './colour-scale.ts';
import { escapeXml, frame, type RenderedFigure } from './frame.ts';
import { layOutPanels, omittedSentence, type Panel, type PanelTitling } from './panels.ts';
import { rasterUri, type Rgb } from './raster.ts';
import { TraceBands, type TracedTrial } from './trace-bands.ts';

const SIDE = 150;
const GAP = { x: 16, y: 30 };
const NOT_MEASURED: Rgb = [200, 200, 200];

interface Matrix {
  readonly panel: Panel<unknown>;
  readonly values: readonly Measured[];
  readonly rows: number;
}

/** Draws a trace that holds a row-major matrix, averaged over trials, as one heat map per panel on a common colour scale. */
export async function matrixFigure(
  figure: MatrixFigure,
  trials: AsyncIterable<TracedTrial>,
  isNamed?: PanelTitling,
): Promise<RenderedFigure | undefined> {
  const by = [...new Set([...figure.panelBy, figure.seriesBy])];
  const bands = new TraceBands(by, 'linear');
  for await (const trial of trials) bands.add(trial, [figure.trace]);
  const groups = bands.groups().filter((group) => group.band(figure.trace).centre.length >= figure.columns);
  if (groups.length === 0) return undefined;

  const layout = layOutPanels(groups, by, isNamed);
  const matrices = layout.panels.map((panel): Matrix => {
    const values = panel.items[0]!.band(figure.trace).centre;
    return { panel, values, rows: Math.floor(values.length / figure.columns) };
  });
  const found = matrices.flatMap(({ values }) => values).filter((value) => value !== null);
  const [low, high] = [
    found.reduce((a, b) => Math.min(a, b), Infinity),
    found.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const bound = Math.max(Math.abs(low), Math.abs(high));
  const [from, to] = low < 0 ? [-bound, bound] : [Math.min(low, 0), high];
  const colours = low < 0 ? diverging : sequential;
  const colour = (value: Measured | undefined): Rgb =>
    value === null || value === undefined ? NOT_MEASURED : colours((value - from) / (to - from || 1));

  const height = SIDE * Math.max(...matrices.map(({ rows }) => rows / figure.columns));
  const width = layout.columns * (SIDE + GAP.x);
  const panels = matrices.map(({ panel, values, rows }) => {
    const [x, y] = [panel.column * (SIDE + GAP.x), GAP.y + panel.row * (height + GAP.y)];
    const uri = rasterUri(figure.columns, rows, (column, row) => colour(values[row * figure.columns + column]));
    return (
      `<g class="panel"><text x="${x}" y="${y - 8}" font-size="10" font-weight="bold">${escapeXml(panel.title)}</text>` +
      `<image x="${x}" y="${y}" width="${SIDE}" height="${SIDE * (rows / figure.columns)}" preserveAspectRatio="none" href="${uri}"/>` +
      `<rect x="${x}" y="${y}" width="${SIDE}" height="${SIDE * (rows / figure.columns)}" fill="none" stroke="currentColor" stroke-opacity="0.5"/></g>`
    );
  });
  const scaleTop = GAP.y + layout.rows * (height + GAP.y);
  const scale = colourBar({ ends: [from, (from + to) / 2, to], colour: colours, x: 0, y: scaleTop });
  const markup = `${panels.join('')}${scale}`;
  return frame({
    id: figure.id,
    title: figure.title,
    caption: caption(
      sourceSentence(figure.source),
      `Mean over ${countRange(groups.map(({ trials: count }) => count))}.`,
      omittedSentence(layout),
    ),
    legendTitle: '',
    legend: [],
    keys: [],
    plot: { markup, width: Math.max(width, 240), height: scaleTop + 36 },
  });
}
