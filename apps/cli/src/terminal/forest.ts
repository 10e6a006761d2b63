import { displayWidth } from './terminal.ts';

/** An estimate with its interval. */
export interface ForestRow {
  readonly label: string;
  readonly estimate: number;
  readonly interval: readonly [number, number] | null;
}

export interface ForestOptions {
  /** Where nothing differs: a line through all rows. */
  readonly neutral: number;
  readonly scale: 'linear' | 'log';
  /** Characters of a line. */
  readonly width: number;
  readonly format: (value: number) => string;
}

const narrowest = 20;

/** A forest plot in characters: "kfac  ├──●──┤   │", one line per row, and the ends of the axis below. */
export function renderForest(rows: readonly ForestRow[], options: ForestOptions): readonly string[] {
  const { neutral, scale, width, format } = options;
  const on = scale === 'log' ? Math.log : (value: number) => value;
  const values = [neutral, ...rows.flatMap(({ estimate, interval }) => [estimate, ...(interval ?? [])])];
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const labelWidth = Math.max(...rows.map(({ label }) => displayWidth(label)));
  const columns = Math.max(narrowest, width - labelWidth - 2);
  const span = on(high) - on(low);
  const place = (value: number) => (span === 0 ? 0 : Math.round(((on(value) - on(low)) / span) * (columns - 1)));
  const lines = rows.map(({ label, estimate, interval }) => {
    const cells = Array.from({ length: columns }, () => ' ');
    cells[place(neutral)] = '│';
    if (interval !== null) {
      const [from, to] = [place(interval[0]), place(interval[1])];
      cells.fill('─', from, to + 1);
      if (from < to) [cells[from], cells[to]] = ['├', '┤'];
    }
    cells[place(estimate)] = '●';
    return `${label}${' '.repeat(labelWidth - displayWidth(label))}  ${cells.join('').trimEnd()}`;
  });
  return [...lines, `${' '.repeat(labelWidth + 2)}${axis(columns, place(neutral), [low, neutral, high].map(format))}`];
}

/** The ends of the axis, and the neutral value where it has room between them. */
function axis(columns: number, neutralPlace: number, [low = '', neutral = '', high = '']: readonly string[]): string {
  const start = neutralPlace - Math.floor(neutral.length / 2);
  const hasRoom = start > low.length && start + neutral.length < columns - high.length;
  const left = hasRoom ? low.padEnd(start) + neutral : low;
  return left + high.padStart(columns - left.length);
}
