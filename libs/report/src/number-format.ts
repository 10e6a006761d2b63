/** Three significant digits; powers of ten below 10⁻³ and above 10⁵, as a reader of a paper expects them. */
export function formatMeasured(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e5) return withMinus(String(Number(value.toPrecision(3))));
  const [mantissa, exponent] = value.toExponential(2).split('e') as [string, string];
  return `${withMinus(String(Number(mantissa)))}·10${superscript(Number(exponent))}`;
}

/**
 * Mean and deviation with one exponent, the deviation with two digits and the mean as far as they reach:
 * 0.329 ± 0.059, (3.390 ± 0.041)·10⁻⁹. A deviation below 10⁻⁴ of the mean is written by itself.
 */
export function formatSpread(mean: number, deviation: number): string {
  const largest = Math.max(Math.abs(mean), deviation);
  if (deviation <= 1e-4 * Math.abs(mean)) return `${formatMeasured(mean)} ± ${formatMeasured(deviation)}`;
  const isPlain = largest >= 1e-3 && largest < 1e5;
  const exponent = isPlain ? 0 : Math.floor(Math.log10(largest));
  const [shownMean, shownDeviation] = [mean / 10 ** exponent, deviation / 10 ** exponent];
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(shownDeviation)));
  const text = `${withMinus(shownMean.toFixed(decimals))} ± ${shownDeviation.toFixed(decimals)}`;
  return isPlain ? text : `(${text})·10${superscript(exponent)}`;
}

/** A parameter value, with all its digits: 1e-6 → 10⁻⁶, 2.5e-7 → 2.5·10⁻⁷, 65536 → 65536. */
export function formatValue(value: unknown): string {
  if (typeof value !== 'number') return String(value);
  const exponent = Math.round(Math.log10(value));
  if (value === Number(`1e${exponent}`) && (exponent < -2 || exponent > 4)) return `10${superscript(exponent)}`;
  return Number(value.toPrecision(3)) === value ? formatMeasured(value) : withMinus(String(value));
}

/** A parameter value, or a dash for a trial whose axis is absent. */
export function formatPresent(value: unknown): string {
  return value === undefined ? '–' : formatValue(value);
}

export function superscript(exponent: number): string {
  return Array.from(String(exponent), (character) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(character)]).join('');
}

function withMinus(text: string): string {
  return text.replace('-', '−');
}
