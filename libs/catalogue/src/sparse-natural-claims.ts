import type { Parameters } from '@natsweep/sweep';
import type { Claim, Measurement } from './declaration.ts';
import { having, valuesOfEvery, verdict } from './judging.ts';
import { comparison, egd, isSparse, isTall, isWide, ngd, source } from './sparse-comparisons.ts';
import { formatNumber, formatSpread, maximum, minimum, spread } from './spread.ts';

const chanceBelowDimension: Claim = {
  id: 'ngd-at-chance-below-dimension',
  statement: 'NGD with the training Fisher information performs at chance level where N < D',
  source: `${source}, Fig. 4 (left)`,
  judge: (measurements) => {
    const values = valuesOfEvery(having(measurements.filter(isWide), ngd), 'accuracy', Infinity);
    return verdict(values.length > 0 ? spread(values).mean <= 0.55 : undefined, {
      expected: '0.5',
      measured: values.length > 0 ? formatSpread(values) : '',
      threshold: 'mean accuracy over N < D at most 0.55',
      missing: 'no NGD trial with N < D',
      detail:
        'The flow from any start tends to the least-squares interpolant, whose accuracy is near chance only where N is ' +
        'near D; see what full steps from a large random start do.',
    });
  },
};

const ngdEqualsInterpolant: Claim = {
  id: 'ngd-finds-the-interpolant',
  statement: 'Where N < D, NGD by the pseudo-inverse finds the least-squares interpolant of the labels',
  source: `${source}, Theorem 3 and the text after it`,
  judge: (measurements) => {
    const relevant = having(measurements.filter(isWide), { start: 'zero', depth: 1 });
    const cosines = [...having(relevant, { method: 'ngd' }), ...having(relevant, { method: 'ngf' })];
    const values = valuesOfEvery(cosines, 'interpolantCosine', -Infinity);
    return verdict(values.length > 0 ? minimum(values) >= 0.999 : undefined, {
      expected: 'cosine 1',
      measured: values.length > 0 ? `smallest cosine ${minimum(values).toPrecision(6)} of ${values.length}` : '',
      threshold: 'every cosine at least 0.999',
      missing: 'no NGD or NGF trial of depth 1 from zero with N < D',
    });
  },
};

/** NGD whose start, of logits of order 1 or less, the logits outgrow. */
const fromNearZero = (measurements: readonly Measurement[]): readonly Measurement[] =>
  having(measurements.filter(isWide), { method: 'ngd' }).filter(
    ({ params }) => params['start'] !== 'gaussian' || Number(params['initialScale']) <= 0.1,
  );

const logitsAlongLabels: Claim = {
  id: 'logits-grow-along-labels',
  statement: 'Under NGD with N < D the logits grow in proportion to the labels: at the end all margins are equal',
  source: `${source}, Fig. 4 (middle), Theorems 3 and 4`,
  judge: (measurements) => {
    const values = valuesOfEvery(fromNearZero(measurements), 'logitSpread', Infinity);
    return verdict(values.length > 0 ? maximum(values) <= 0.05 : undefined, {
      expected: '0',
      measured:
        values.length > 0 ? `largest spread of the margins over their mean ${formatNumber(maximum(values))}` : '',
      threshold: 'at most 0.05 in every trial from zero or from a start of scale at most 0.1',
      missing: 'no NGD trial from zero or a small start with N < D',
    });
  },
};

const logitsGrowLinearly: Claim = {
  id: 'logits-grow-linearly',
  statement: 'Under NGD with N < D the logits grow linearly and converge to t y',
  source: `${source}, Fig. 4 (middle) and §3.1`,
  judge: (measurements) => {
    const relevant = fromNearZero(measurements);
    const exponents = valuesOfEvery(relevant, 'logitGrowthExponent', Infinity);
    const rates = valuesOfEvery(relevant, 'logitRate', Infinity);
    const isNearOne = (value: number) => Math.abs(value - 1) <= 0.1;
    return verdict(exponents.length > 0 ? [...exponents, ...rates].every(isNearOne) : undefined, {
      expected: 'mean margin as t¹, at rate 1 in the flow time t = η · step',
      measured: `exponent ${formatSpread(exponents)}, rate ${formatSpread(rates)}`,
      threshold: 'both within 1 ± 0.1 in every trial from zero or from a start of scale at most 0.1',
      missing: 'no NGD trial from zero or a small start with N < D',
    });
  },
};

/** D against N log N, beyond which the large margin, too, makes all data support vectors (Hsu et al. 2020). */
const isHighlyOverparametrised = ({ params }: Measurement): boolean => {
  const samples = Number(params['samples']);
  return Number(params['dimension']) > samples * Math.log(samples);
};

const supportVectors: Claim = {
  id: 'all-data-become-support-vectors',
  statement:
    'NGD makes all data support vectors as soon as D > N; the ℓ2 large margin of EGD does so only for D > N log N, so that ' +
    'between them the two find different classifiers',
  source: `${source}, text after Theorem 3`,
  judge: (measurements) => {
    const relevant = measurements.filter(isWide);
    const spreadsOf = (trials: readonly Measurement[], arm: Parameters) =>
      valuesOfEvery(having(trials, arm), 'logitSpread', Infinity);
    const natural = spreadsOf(relevant, ngd);
    const between = spreadsOf(
      relevant.filter((m) => !isHighlyOverparametrised(m)),
      egd(1),
    );
    const beyond = spreadsOf(relevant.filter(isHighlyOverparametrised), egd(1));
    const isKnown = natural.length > 0 && between.length > 0 && beyond.length > 0;
    const holds = maximum(natural) <= 0.05 && spread(between).mean >= 0.1 && spread(beyond).mean <= 0.05;
    return verdict(isKnown ? holds : undefined, {
      expected: 'equal margins for NGD, and for EGD where D > N log N alone',
      measured:
        `spread of the margins over their mean: NGD at most ${formatNumber(maximum(natural))}; ` +
        `EGD ${formatSpread(between)} for D ≤ N log N, ${formatSpread(beyond)} beyond`,
      threshold:
        'every NGD trial at most 0.05, mean of EGD (L = 1) at least 0.1 for N < D ≤ N log N, at most 0.05 beyond',
      missing: 'no NGD and EGD trials from zero with N < D on both sides of D = N log N',
    });
  },
};

const missesStructure: Claim = {
  id: 'ngd-misses-the-sparse-structure',
  statement: 'NGD fails to learn the sparse structure, where N is well above D',
  source: `${source}, Fig. 4 (right), N = 2500`,
  judge: (measurements) => {
    const above = (m: Measurement) => isSparse(m) && Number(m.params['samples']) >= 2 * Number(m.params['dimension']);
    const values = valuesOfEvery(having(measurements.filter(above), ngd), 'profileContrast', Infinity);
    return verdict(values.length > 0 ? spread(values).mean <= 2 : undefined, {
      expected: 'no visible profile: contrast about 0',
      measured: values.length > 0 ? `contrast ${formatSpread(values)}` : '',
      threshold: 'mean over support of β at most twice the root mean square of the rest',
      missing: 'no NGD trial with N ≥ 2D',
    });
  },
};

/** What NGD does, judged as printed; the paper's errata tell which claims were not expected to hold. */
export const sparseNaturalClaims: readonly Claim[] = [
  chanceBelowDimension,
  comparison({
    id: 'overshooting-pulls-ngd-to-chance',
    statement:
      'Full natural steps from a large Gaussian start, unlike those from zero, overshoot towards the printed chance level',
    place: 'Fig. 4 (left); natsweep',
    left: { method: 'ngd', start: 'gaussian', initialScale: 1 },
    right: ngd,
    where: isWide,
    margin: 0.03,
  }),
  ngdEqualsInterpolant,
  logitsAlongLabels,
  logitsGrowLinearly,
  supportVectors,
  comparison({
    id: 'ngd-fails-where-sparse-egd-generalises',
    statement:
      'There are learning problems where NGD fails to generalise while EGD with the right architecture performs well: ' +
      'sparse separators with N < D, two diagonal layers',
    place: 'abstract and §1',
    left: ngd,
    right: egd(2),
    where: (m) => isWide(m) && isSparse(m),
    margin: 0.05,
  }),
  comparison({
    id: 'ngd-below-egd-above-dimension',
    statement:
      'Where N ≥ D, NGD with the training Fisher information performs worse than EGD on the direct parametrisation',
    place: 'Fig. 4 (left)',
    left: ngd,
    right: egd(1),
    where: isTall,
    margin: 0.005,
  }),
  comparison({
    id: 'population-fisher-improves-ngd',
    statement: 'NGD with the training Fisher information performs worse than with that of the population',
    place: 'Fig. 4 (left) and §5.2',
    left: ngd,
    right: { method: 'ngd-population' },
    margin: 0.005,
  }),
  comparison({
    id: 'population-ngd-below-direct-egd',
    statement: 'NGD with the population Fisher information performs worse than EGD on the direct parametrisation',
    place: 'Fig. 4 (left)',
    left: { method: 'ngd-population' },
    right: egd(1),
    margin: 0.005,
  }),
  comparison({
    id: 'population-ngd-below-diagonal-egd',
    statement: 'NGD with the population Fisher information performs worse than EGD with two diagonal layers',
    place: '§3.1 and §5.2',
    left: { method: 'ngd-population' },
    right: egd(2),
    where: isSparse,
    margin: 0.005,
  }),
  missesStructure,
];
