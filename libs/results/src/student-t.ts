/**
 * The value that Student's t with `degrees` degrees of freedom exceeds in absolute value with probability 5 %:
 * P(|T| > t) = I_x(ν/2, 1/2) with x = ν/(ν + t²) = 0.05, where I is the regularised incomplete beta function
 * (Abramowitz & Stegun 26.5.27, 26.7.1).
 */
export function studentT95(degrees: number): number {
  if (!(degrees >= 1)) throw new RangeError(`studentT95: expected at least one degree of freedom, not ${degrees}`);
  let low = 1.9;
  let high = 12.8;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (outside(middle, degrees) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| > t) */
function outside(t: number, degrees: number): number {
  const x = degrees / (degrees + t * t);
  const front = Math.exp(
    logGamma((degrees + 1) / 2) -
      logGamma(degrees / 2) -
      logGamma(0.5) +
      (degrees / 2) * Math.log(x) +
      Math.log1p(-x) / 2,
  );
  // the continued fraction converges quickly on its own side of the mean of the beta distribution
  if (x < (degrees / 2 + 1) / (degrees / 2 + 2.5)) return (front * betaFraction(x, degrees / 2, 0.5)) / (degrees / 2);
  return 1 - (front * betaFraction(1 - x, 0.5, degrees / 2)) / 0.5;
}

/** The continued fraction of the incomplete beta function by Lentz's method (DLMF 8.17.22). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let fraction = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let factor = 1;
    for (const term of [even, odd]) {
      d = 1 / nonZero(1 + term * d, tiny);
      c = nonZero(1 + term / c, tiny);
      factor = c * d;
      fraction *= factor;
    }
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return fraction;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) after shifting x above 10 by Γ(x + 1) = x Γ(x). */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 10; y++) shift += Math.log(y);
  const inverse = 1 / (y * y);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / y;
  return (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + series - shift;
}
