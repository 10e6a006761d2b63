/**
 * Effective rank exp(−Σ p_i log p_i) of a matrix with singular values σ, p = σ/Σσ (Roy & Vetterli 2007): r for r equal values,
 * and continuous, unlike the rank. NaN if all vanish.
 */
export function effectiveRank(singularValues: ArrayLike<number>): number {
  const values = Array.from(singularValues);
  const total = values.reduce((sum, value) => sum + value, 0);
  const entropy = values.reduce((sum, value) => {
    const share = value / total;
    return share > 0 ? sum - share * Math.log(share) : sum;
  }, 0);
  return total > 0 ? Math.exp(entropy) : NaN;
}
