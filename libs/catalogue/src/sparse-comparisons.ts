import type { Claim, Measurement } from './declaration.ts';
import { pairedDifferences, verdict } from './judging.ts';
import { formatNumber, formatSpread, spread, standardError } from './spread.ts';

export const source = 'Kerekes et al. 2021';
export const paired = ['dimension', 'nonZero', 'samples'];
/** EGD by the curvature step rule from w_1 = 0: what this sweep takes for the paper's EGD. */
export const egd = (depth: number) => ({ method: 'egd', depth, stepRule: 'curvature', start: 'zero' });
/** EGD by the paper's procedure, constant steps from a random start. */
export const plainEgd = (depth: number) => ({ method: 'egd', depth, stepRule: 'constant', start: 'gaussian' });
/** NGD with the Fisher information of the training inputs from w_1 = 0. */
export const ngd = { method: 'ngd', start: 'zero' };
export const isWide = (m: Measurement): boolean => Number(m.params['samples']) < Number(m.params['dimension']);
/** Claims on what depth does are about sparse separators: at most a tenth of the components. */
export const isSparse = (m: Measurement): boolean => 10 * Number(m.params['nonZero']) <= Number(m.params['dimension']);
/** Less than the 2 % of non-zero components of Fig. 4, which makes the task easier than the printed one. */
export const isSparserThanPrinted = (m: Measurement): boolean =>
  50 * Number(m.params['nonZero']) < Number(m.params['dimension']);
export const isTall = (m: Measurement): boolean => !isWide(m);

/**
 * The claim that one arm is less accurate than another, over pairs of trials with equal data. The mean difference must be
 * beyond the margin by one standard error, on either side; between, and for a single pair, the claim is undecided.
 */
export function comparison(claim: {
  readonly id: string;
  readonly statement: string;
  readonly place: string;
  readonly left: Readonly<Record<string, number | string>>;
  readonly right: Readonly<Record<string, number | string>>;
  readonly where?: (m: Measurement) => boolean;
  /** How far the mean accuracy of `left` must be below that of `right`. */
  readonly margin: number;
}): Claim {
  const { id, statement, left, right, margin } = claim;
  const texts = {
    expected: 'lower accuracy',
    threshold: `mean difference at most −${margin}, by one standard error over the pairs`,
  };
  return {
    id,
    statement,
    source: `${source}, ${claim.place}`,
    judge: (measurements) => {
      const relevant = claim.where === undefined ? measurements : measurements.filter(claim.where);
      const gains = pairedDifferences(relevant, { metric: 'accuracy', left, right, pairedBy: paired, lost: Infinity });
      if (gains.length === 0) return verdict(undefined, { ...texts, measured: '', missing: 'no such pair of trials' });
      const { mean } = spread(gains);
      const error = standardError(gains);
      const measured =
        `difference ${formatSpread(gains, 'pairs')}` +
        (error === undefined || Number.isNaN(error) ? '' : `, standard error ${formatNumber(error)}`);
      // a lost pair leaves no mean to be unsure of
      const isClear = mean === Infinity || (error !== undefined && Math.abs(mean + margin) >= error);
      if (isClear) return verdict(mean <= -margin, { ...texts, measured, missing: '' });
      return { ...texts, status: 'undecided', measured, detail: 'too few pairs to tell the mean from the margin' };
    },
  };
}
