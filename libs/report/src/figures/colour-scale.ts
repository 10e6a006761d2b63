import type { Rgb } from './raster.ts';

/** Maps [0, 1] to colours. */
export type ColourScale = (position: number) => Rgb;

/** Viridis (van der Walt and Smith): even steps in lightness, readable in grey and with any colour vision. */
export const sequential = interpolated([
  '#440154',
  '#46327e',
  '#365c8d',
  '#277f8e',
  '#1fa187',
  '#4ac16d',
  '#a0da39',
  '#fde725',
]);

/** Blue over near-white to red (ColorBrewer RdBu, reversed), for values around zero. */
export const diverging = interpolated(['#2166ac', '#67a9cf', '#d1e5f0', '#f7f7f7', '#fddbc7', '#ef8a62', '#b2182b']);

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red},${green},${blue})`;
}

/** Black or white, whichever stands out more on the colour. */
export function contrastingText([red, green, blue]: Rgb): string {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#000' : '#fff';
}

function interpolated(stops: readonly string[]): ColourScale {
  const colours = stops.map((stop) => [1, 3, 5].map((i) => Number.parseInt(stop.slice(i, i + 2), 16)));
  return (position) => {
    const place = Math.min(1, Math.max(0, position)) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(place));
    const [from, to] = [colours[left]!, colours[left + 1]!];
    const channel = (i: number) => Math.round(from[i]! + (to[i]! - from[i]!) * (place - left));
    return [channel(0), channel(1), channel(2)];
  };
}
