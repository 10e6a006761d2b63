import * as Plot from '@observablehq/plot';
import type { Axis } from './axis-ticks.ts';

const CHARACTER = 6.6;
const TICK = 10;
const LABEL = 20;
const LINE = 12;

/**
 * An axis with every tick labelled. Plot's own log axes pass their labels through a filter that leaves some of them out,
 * so labels are given as text.
 */
export function xAxisMark({ ticks, labels }: Axis, label: string): Plot.Markish {
  return Plot.axisX([...ticks], { text: [...labels], label, labelArrow: 'none', labelAnchor: 'center' });
}

/** The same for y; null for an axis without a label. */
export function yAxisMark({ ticks, labels }: Axis, label: string | null): Plot.Markish {
  return Plot.axisY([...ticks], { text: [...labels], label, labelArrow: 'none', labelAnchor: 'center' });
}

/** Pixels that a y axis takes beside the frame. */
export function yAxisMargin({ labels }: Axis, label: string | null): number {
  return Math.max(...labels.map(({ length }) => length)) * CHARACTER + TICK + (label === null ? 0 : LABEL);
}

/** Pixels that an x axis takes below the frame. */
export function xAxisMargin({ labels }: Axis): number {
  return 24 + LINE * Math.max(...labels.map((label) => label.split('\n').length));
}

export function plotScale({ type, domain }: Axis): Plot.ScaleOptions {
  return { type, domain: [...domain] };
}
