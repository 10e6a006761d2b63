import { superscript } from './number-format.ts';

const subscripts = new Map(zip('0123456789+-−=()aehijklmnoprstuvx', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ'));
const superscripts = new Map(
  zip('0123456789+-−=()abcdefghijklmnoprstuvwxyz', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ'),
);

/** A base of one character, or max and min; then an index or a power, in braces where it is more than a word. */
const scripted = /((?<![\p{L}\p{N}])(?:max|min|\p{L})|[)\]‖])([_^])(?:\{([^}]*)\}|([\p{L}\p{N}]+))/gu;

const scientific = /(?<![\p{L}\p{N}._])(\d+(?:\.\d+)?)e([+-]?\d+)(?![\p{L}\p{N}])/gu;
const minus = /(?<![\p{L}\p{N}_)\]‖])-(?=\d)/gu;

/**
 * Indices and powers that declarations write as in TeX, as they are printed: g_0 → g₀, (1 − c)^t → (1 − c)ᵗ,
 * λ_max → λₘₐₓ; and numbers: −2.5·10⁻⁷ for -2.5e-7. What Unicode has no small letter for stays readable: e^{−τ} → e^(−τ). Longer names are left alone.
 */
export function typeset(text: string): string {
  return numbers(text).replaceAll(scripted, (_, base: string, mark: string, braced?: string, word?: string) => {
    const script = braced ?? word ?? '';
    const small = [...script].map((character) => (mark === '_' ? subscripts : superscripts).get(character));
    if (small.every((character) => character !== undefined)) return `${base}${small.join('')}`;
    return braced === undefined ? `${base}${mark}${script}` : `${base}${mark}(${script})`;
  });
}

function numbers(text: string): string {
  return text
    .replaceAll(scientific, (_, mantissa: string, exponent: string) => {
      const power = `10${superscript(Number(exponent))}`;
      return mantissa === '1' ? power : `${mantissa}·${power}`;
    })
    .replaceAll(minus, '−');
}

function zip(from: string, to: string): readonly (readonly [string, string])[] {
  const targets = [...to];
  return [...from].map((character, i) => [character, targets[i]!] as const);
}
