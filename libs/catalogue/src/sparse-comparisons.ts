import type { Claim, Measurement } from './declaration.ts';
import { pairedDifferences, verdict } from './judging.ts';
import { formatSpread, spread } from './spread.ts';

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
export const isTall = (m: Measurement): boolean => !isWide(m);

/** The claim that one arm is less accurate than another, over pairs of trials with equal data. */
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
  return {
    id,
    statement,
    source: `${source}, ${claim.place}`,
    judge: (measurements) => {
      const relevant = claim.where === undefined ? measurements : measurements.filter(claim.where);
      const gains = pairedDifferences(relevant, { metric: 'accuracy', left, right, pairedBy: paired, lost: Infinity });
      return verdict(gains.length > 0 ? spread(gains).mean <= -margin : undefined, {
        expected: 'lower accuracy',
        measured: gains.length > 0 ? `difference ${formatSpread(gains, 'pairs')}` : '',
        threshold: `mean difference at most −${margin}`,
        missing: 'no such pair of trials',
      });
    },
  };
}
