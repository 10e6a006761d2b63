export interface LogitGrowth {
  /** Mean rate du/dt over the second half. */
  readonly rate: number;
  /** p of a rate that goes as t^{p−1}: 1 for linear growth, 0 for logarithmic, 2 for quadratic. NaN where u does not grow. */
  readonly exponent: number;
}

/**
 * How u(t) grows late, from its mean rates r₁ and r₂ over the third and the last quarter of equally spaced records:
 * p = 1 + log(r₂/r₁) / log(t₂/t₁), with t₁ and t₂ their midpoints. What u starts from does not enter. NaN for fewer than 4 intervals.
 */
export function logitGrowth(flowTime: readonly number[], margins: readonly number[]): LogitGrowth {
  const last = flowTime.length - 1;
  if (last < 4) return { rate: NaN, exponent: NaN };
  const over = (from: number, to: number) => {
    const [a, b] = [Math.round(from * last), Math.round(to * last)];
    const [start, end] = [flowTime[a]!, flowTime[b]!];
    return { rate: (margins[b]! - margins[a]!) / (end - start), middle: (start + end) / 2 };
  };
  const [third, fourth] = [over(0.5, 0.75), over(0.75, 1)];
  const grows = third.rate > 0 && fourth.rate > 0;
  const exponent = 1 + Math.log(fourth.rate / third.rate) / Math.log(fourth.middle / third.middle);
  return { rate: over(0.5, 1).rate, exponent: grows ? exponent : NaN };
}
