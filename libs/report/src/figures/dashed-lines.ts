import type { ValueAxis } from './axis-ticks.ts';
import type { PanelPoint } from './panel-plot.ts';

const DASH = 7;
/** Lines closer than this are one line to the eye. */
const PIXELS = 1;

/** Lines that are drawn alike. */
export interface DashedLines {
  readonly points: readonly PanelPoint[];
  /** Undefined: solid. */
  readonly dashes?: string;
  readonly offset?: number;
}

/**
 * Lines of one panel that lie on each other would hide all but the last. They share the stroke instead: of k such lines
 * each draws every k-th dash, so that all their colours are seen along the way.
 */
export function dashedLines(
  points: readonly PanelPoint[],
  { scale, height }: { readonly scale: ValueAxis; readonly height: number },
): readonly DashedLines[] {
  const ways = new Map<string, PanelPoint[]>();
  for (const cluster of clusters(points, pixelsOf(scale, height))) {
    for (const [place, curve] of cluster.entries()) {
      const way = `${place} ${cluster.length}`;
      ways.set(way, [...(ways.get(way) ?? []), ...curve]);
    }
  }
  return [...ways].map(([way, members]) => {
    const [place, count] = way.split(' ').map(Number) as [number, number];
    if (count === 1) return { points: members };
    return { points: members, dashes: `${DASH} ${DASH * (count - 1)}`, offset: -DASH * place };
  });
}

type Curve = readonly PanelPoint[];

/** Curves in sets that lie on each other. */
function clusters(points: readonly PanelPoint[], pixels: (value: number) => number): readonly (readonly Curve[])[] {
  const panels = Map.groupBy(points, ({ column, row }) => `${column} ${row}`);
  return [...panels.values()].flatMap((panel) => {
    const found: Curve[][] = [];
    for (const curve of Map.groupBy(panel, ({ series }) => series).values()) {
      const same = found.find(([first]) => coincide(first!, curve, pixels));
      if (same === undefined) found.push([curve]);
      else same.push(curve);
    }
    return found;
  });
}

function coincide(a: Curve, b: Curve, pixels: (value: number) => number): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length < long.length / 2) return false;
  return short.every(({ x, y }, i) => long[i]!.x === x && Math.abs(pixels(y) - pixels(long[i]!.y)) < PIXELS);
}

function pixelsOf({ type, domain }: ValueAxis, height: number): (value: number) => number {
  const on = type === 'log' ? Math.log : (value: number) => value;
  const perUnit = height / (on(domain[1]) - on(domain[0]));
  return (value) => on(value) * perUnit;
}
