/**
 * The colour channel of a mark by the name of its series. Left to itself, Plot takes names for colours where all of them are
 * colours in CSS, as "none" and "tan" are.
 */
export function colourOf<Datum>(name: (datum: Datum) => string): { value: (datum: Datum) => string; scale: 'color' } {
  return { value: name, scale: 'color' };
}
