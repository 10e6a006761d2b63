import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { explosions } from './explosions.ts';
import { atSmallest, having, metricOf, verdict } from './judging.ts';
import { formatNumber, formatSpread, spread } from './spread.ts';
import { wideTraining } from './wide-training.ts';

const ofDepth = (measurements: readonly Measurement[], depth: number): readonly Measurement[] =>
  having(measurements, { approximation: 'block-tridiagonal', depth });
const dampingsOf = (measurements: readonly Measurement[]): string =>
  [...new Set(measurements.map(({ params }) => Number(params['damping'])))]
    .sort((a, b) => a - b)
    .map(formatNumber)
    .join(', ');

const fourLayers: Claim = {
  id: 'four-layers-approach-undamped',
  statement: 'With four layers the training curve approaches that of damping 0 as the damping vanishes',
  source: 'Karakida & Osawa 2020, 4.2 and Fig. 1(b) left',
  judge: (measurements) => {
    const relevant = atSmallest(ofDepth(measurements, 4), 'damping');
    const distances = relevant.map((m) => metricOf(m, 'deviationFromIsotropy') ?? Infinity);
    return verdict(distances.length > 0 ? spread(distances).mean <= 0.2 : undefined, {
      expected: 'distance from the curve of damping 0 tends to its finite-width value',
      measured: `${formatSpread(distances)} at ρ = ${dampingsOf(relevant)}`,
      threshold: 'mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the smallest damping ≤ 0.2',
      missing: 'no block-tridiagonal trial of depth 4',
    });
  },
};

/** Σ is singular at L = 5, but 1_L lies in its range: the limit ρ → 0 exists, so the claim may fail. */
const fiveLayers: Claim = {
  id: 'five-layers-explode',
  statement: 'With five layers training explodes as the damping becomes close to 0',
  source: 'Karakida & Osawa 2020, 4.2 and Fig. 1(b) right',
  judge: (measurements) => {
    const all = explosions(ofDepth(measurements, 5));
    const smallest = explosions(atSmallest(all.measured, 'damping'));
    const count = smallest.exploded.length;
    return verdict(smallest.measured.length > 0 ? 2 * count >= smallest.measured.length : undefined, {
      expected: 'the loss exceeds twice its start, or training diverges, at the smallest damping',
      measured: `${count} of ${smallest.measured.length} trials explode at ρ = ${dampingsOf(smallest.measured)}`,
      threshold: 'in at least half of the trials at the smallest damping',
      missing: 'no block-tridiagonal trial of depth 5',
      detail:
        all.exploded.length === 0
          ? 'no trial explodes at any damping'
          : `trials explode at ρ = ${dampingsOf(all.exploded)}`,
    });
  },
};

/** Σ is indefinite from L = 3 on: the damped metric has poles at L = 4 as at L = 5. */
const poles: Claim = {
  id: 'only-singular-depths-need-tuning',
  statement:
    'Fine-tuning of the damping is a matter of the singular depth 5: with four layers every smaller damping is safe',
  source: 'Karakida & Osawa 2020, 4.2',
  judge: (measurements) => {
    const [four, five] = [explosions(ofDepth(measurements, 4)), explosions(ofDepth(measurements, 5))];
    const holds = four.exploded.length === 0 && five.exploded.length > 0;
    return verdict(four.measured.length > 0 && five.measured.length > 0 ? holds : undefined, {
      expected: 'no trial of depth 4 explodes at any damping',
      measured:
        `${four.exploded.length} of ${four.measured.length} trials of depth 4 ` +
        `and ${five.exploded.length} of ${five.measured.length} of depth 5 explode`,
      threshold: 'no trial of depth 4 explodes, at least one of depth 5 does',
      missing: 'needs depths 4 and 5',
      detail: four.exploded.length === 0 ? undefined : `depth 4 explodes at ρ = ${dampingsOf(four.exploded)}`,
    });
  },
};

/** Fig. 1(b) of Karakida & Osawa 2020: the trials of `wide-training`, with the claims on the block-tridiagonal damping. */
export const tridiagonalDamping: ExperimentDeclaration<typeof wideTraining.parameters> = {
  ...wideTraining,
  name: 'tridiagonal-damping',
  title: 'Block-tridiagonal natural gradient descent against its damping',
  source: 'Karakida & Osawa 2020, Fig. 1(b)',
  claims: [fourLayers, fiveLayers, poles],
  figures: [
    {
      id: 'curves-by-damping',
      kind: 'traces',
      title: 'Training loss for each damping: measured (circles) and linearised (lines)',
      source: 'Karakida & Osawa 2020, Fig. 1(b)',
      measured: 'trainLoss',
      theory: 'trainLossTheory',
      panelBy: ['depth'],
      seriesBy: 'damping',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
    {
      id: 'distance-by-damping',
      kind: 'metric',
      title: 'Distance from the curve of damping 0',
      source: 'Karakida & Osawa 2020, Fig. 1(b)',
      x: 'damping',
      measured: 'deviationFromIsotropy',
      panelBy: ['width'],
      seriesBy: 'depth',
      xLabel: 'damping ρ',
      yLabel: 'max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖',
      xScale: 'log',
      yScale: 'log',
    },
  ],
};
