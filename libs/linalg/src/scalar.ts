import type { BinaryOp, UnaryOp } from './engine.ts';

/** The contract's elementwise operations on one number. */
export const unaryFunctions: Readonly<Record<UnaryOp, (x: number) => number>> = {
  negative: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  erf,
  sin: Math.sin,
  cos: Math.cos,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
};

export const binaryFunctions: Readonly<Record<BinaryOp, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  power,
  maximum: Math.max,
  minimum: Math.min,
  arctan2: Math.atan2,
  greater: (x, y) => (x > y ? 1 : 0),
  equal: (x, y) => (x === y ? 1 : 0),
};

/** x^y as C and NumPy define it: 1^y = 1 for every y, and (−1)^±∞ = 1, where JavaScript says NaN. */
export function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Infinity || y === -Infinity))) return 1;
  return x ** y;
}

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/**
 * erf(x) = 2/√π ∫₀ˣ e^{−t²} dt, to a few units in the last place.
 *
 * |x| < 2.5: the series 2/√π e^{−x²} Σ_n 2ⁿ x^{2n+1} / (2n+1)!!, whose terms are all of one sign (Abramowitz & Stegun
 * 7.1.6). Beyond: 1 − erfc(x), with erfc(x) = e^{−x²}/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))) (A&S 7.1.14).
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
  }
  if (size > 6) return Math.sign(x);
  let fraction = size;
  for (let n = 60; n >= 1; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - (TWO_OVER_SQRT_PI / 2) * (Math.exp(-x * x) / fraction)) || x;
}
