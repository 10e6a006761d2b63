const BITS = 32;

/**
 * Primitive polynomials (degree s, inner coefficients a) and initial numbers m of dimensions 2 to 21, from S. Joe and
 * F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30 (2008),
 * table new-joe-kuo-6. Dimension 1 is the van der Corput sequence.
 */
const table: readonly { readonly s: number; readonly a: number; readonly m: readonly number[] }[] = [
  { s: 1, a: 0, m: [1] },
  { s: 2, a: 1, m: [1, 3] },
  { s: 3, a: 1, m: [1, 3, 1] },
  { s: 3, a: 2, m: [1, 1, 1] },
  { s: 4, a: 1, m: [1, 1, 3, 3] },
  { s: 4, a: 4, m: [1, 3, 5, 13] },
  { s: 5, a: 2, m: [1, 1, 5, 5, 17] },
  { s: 5, a: 4, m: [1, 1, 5, 5, 5] },
  { s: 5, a: 7, m: [1, 1, 7, 11, 19] },
  { s: 5, a: 11, m: [1, 1, 5, 1, 1] },
  { s: 5, a: 13, m: [1, 1, 1, 3, 11] },
  { s: 5, a: 14, m: [1, 3, 5, 5, 31] },
  { s: 6, a: 1, m: [1, 3, 3, 9, 7, 49] },
  { s: 6, a: 13, m: [1, 1, 1, 15, 21, 21] },
  { s: 6, a: 16, m: [1, 3, 1, 13, 27, 49] },
  { s: 6, a: 19, m: [1, 1, 1, 15, 7, 5] },
  { s: 6, a: 22, m: [1, 3, 1, 15, 13, 25] },
  { s: 6, a: 25, m: [1, 1, 5, 5, 19, 61] },
  { s: 7, a: 1, m: [1, 3, 7, 11, 23, 15, 103] },
  { s: 7, a: 4, m: [1, 3, 7, 13, 13, 15, 69] },
];

export const MAX_SOBOL_DIMENSIONS = table.length + 1;

/**
 * Direction numbers v_1 … v_32 of a dimension (0-based), scaled by 2^32, by the recurrence
 * v_i = a_1 v_{i−1} ⊕ … ⊕ a_{s−1} v_{i−s+1} ⊕ v_{i−s} ⊕ (v_{i−s} ≫ s).
 */
export function directionNumbers(dimension: number): Uint32Array {
  if (dimension === 0) return Uint32Array.from({ length: BITS }, (_, i) => 2 ** (BITS - 1 - i));
  const { s, a, m } = table[dimension - 1]!;
  const v = Uint32Array.from({ length: BITS }, (_, i) => (i < s ? m[i]! * 2 ** (BITS - 1 - i) : 0));
  for (let i = s; i < BITS; i++) {
    let next = v[i - s]! ^ (v[i - s]! >>> s);
    for (let k = 1; k < s; k++) if ((a >>> (s - 1 - k)) & 1) next ^= v[i - k]!;
    v[i] = next >>> 0;
  }
  return v;
}

/** Point `index` (below 2^32) of the Sobol sequence in one dimension, as a 32-bit integer: divide by 2^32. */
export function sobolInteger(directions: Uint32Array, index: number): number {
  let x = 0;
  // -(rest & 1) is a mask of all bits or none: half of these branches would be guessed wrong
  for (let bit = 0, rest = index; rest !== 0; bit++, rest >>>= 1) x ^= directions[bit]! & -(rest & 1);
  return x >>> 0;
}
