/** Three significant digits; powers of ten below 10⁻³ and above 10⁵, as a reader of a paper expects them. */
export function formatMeasured(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e5) return withMinus(String(Number(value.toPrecision(3))));
  const [mantissa, exponent] = value.toExponential(2).split('e') as [string, string];
  return `${withMinus(String(Number(mantissa)))}·10${superscript(Number(exponent))}`;
}

/** A parameter value, with all its digits: 1e-6 → 10⁻⁶, 2.5e-7 → 2.5·10⁻⁷, 65536 → 65536. */
export function formatValue(value: unknown): string {
  if (typeof value !== 'number') return String(value);
  const exponent = Math.round(Math.log10(value));
  if (value === Number(`1e${exponent}`) && (exponent < -2 || exponent > 4)) return `10${superscript(exponent)}`;
  return Number(value.toPrecision(3)) === value ? formatMeasured(value) : withMinus(String(value));
}

export function superscript(exponent: number): string {
  return Array.from(String(exponent), (character) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(character)]).join('');
}

function withMinus(text: string): string {
  return text.replace('-', '−');
}
