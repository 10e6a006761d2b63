import type { ParameterValue } from '@natsweep/sweep';

/**
 * One colour per value, the same in every plot and every sweep: the hues of Okabe and Ito (2008) with three additions,
 * chosen so that approximations stay apart without red- or green-sensitive cones, on white and on near-black.
 */
const known: Readonly<Record<string, string>> = {
  'gradient-descent': '#666666',
  exact: '#0072b2',
  'block-diagonal': '#d55e00',
  'block-tridiagonal': '#009e73',
  kfac: '#cc79a7',
  'unit-wise': '#e69f00',
  diagonal: '#56b4e9',
  'quasi-diagonal': '#8f5a2a',
  'layer-wise': '#999933',
  egd: '#d55e00',
  egf: '#e69f00',
  ngd: '#0072b2',
  ngf: '#56b4e9',
  'ngd-population': '#009e73',
  relu: '#0072b2',
  'shifted-relu': '#e69f00',
  tanh: '#d55e00',
  erf: '#009e73',
};

/** For values without a colour of their own, in order of appearance. */
const others = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8f5a2a', '#666666'];

/** Colours of the values of one parameter, for the legend and the marks. Numbers run from light to dark. */
export function seriesColours(values: readonly ParameterValue[]): readonly string[] {
  if (values.length > 1 && values.every((value) => typeof value === 'number')) return ramp(values.length);
  const free = others.filter((colour) => !values.some((value) => known[String(value)] === colour));
  let next = 0;
  return values.map((value) => {
    const own = Object.hasOwn(known, String(value)) ? known[String(value)] : undefined;
    return own ?? free[next++ % free.length]!;
  });
}

/** Steps for ordered values that stand out from white and from near-black paper: violet, blue, green, ochre. */
function ramp(count: number): readonly string[] {
  const stops = ['#7c4ec8', '#2e77d0', '#1f8e99', '#5f9a2f', '#b38b00'];
  return Array.from({ length: count }, (_, i) => {
    const position = (i / (count - 1)) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(position));
    return blend(stops[left]!, stops[left + 1]!, position - left);
  });
}

function blend(from: string, to: string, weight: number): string {
  const channel = (colour: string, i: number) => Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) => Math.round(channel(from, i) * (1 - weight) + channel(to, i) * weight));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
