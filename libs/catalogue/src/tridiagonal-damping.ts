import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { formatNumber, formatSpread } from './spread.ts';
import { atSmallest, metricOf, undecided } from './verdicts.ts';
import { wideTraining } from './wide-training.ts';

const ofDepth = (measurements: readonly Measurement[], depth: number): readonly Measurement[] =>
  measurements.filter(({ params }) => params['approximation'] === 'block-tridiagonal' && params['depth'] === depth);
const smallestOf = (measurements: readonly Measurement[]): string =>
  formatNumber(Math.min(...measurements.map(({ params }) => Number(params['damping']))));
const exploded = (m: Measurement): boolean =>
  m.outcome === 'diverged' || (metricOf(m, 'peakLossRatio') ?? Infinity) > 2;

const fourLayers: Claim = {
  id: 'four-layers-approach-undamped',
  statement: 'With four layers the training curve approaches that of damping 0 as the damping vanishes',
  source: 'Karakida & Osawa 2020, 4.2 and Fig. 1(b) left',
  judge: (measurements) => {
    const expected = 'distance from the curve of damping 0 tends to its finite-width value';
    const threshold = 'mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the smallest damping ≤ 0.2';
    const relevant = atSmallest(ofDepth(measurements, 4), 'damping');
    if (relevant.length === 0) return undecided(expected, threshold, 'no block-tridiagonal trial of depth 4');
    const distances = relevant.map((m) => metricOf(m, 'deviationFromIsotropy') ?? Infinity);
    const mean = distances.reduce((a, b) => a + b) / distances.length;
    return {
      status: mean <= 0.2 ? 'reproduced' : 'not reproduced',
      expected,
      measured: `${formatSpread(distances)} at ρ = ${smallestOf(relevant)}`,
      threshold,
    };
  },
};

/** Σ is singular at L = 5, but 1_L lies in its range: the limit ρ → 0 exists, so the claim may fail. */
const fiveLayers: Claim = {
  id: 'five-layers-explode',
  statement: 'With five layers training explodes as the damping becomes close to 0',
  source: 'Karakida & Osawa 2020, 4.2 and Fig. 1(b) right',
  judge: (measurements) => {
    const expected = 'the loss exceeds twice its start, or training diverges, at the smallest damping';
    const threshold = 'in at least half of the trials at the smallest damping';
    const all = ofDepth(measurements, 5);
    const relevant = atSmallest(all, 'damping');
    if (relevant.length === 0) return undecided(expected, threshold, 'no block-tridiagonal trial of depth 5');
    const count = relevant.filter(exploded).length;
    const worst = [...new Set(all.filter(exploded).map(({ params }) => Number(params['damping'])))].sort(
      (a, b) => a - b,
    );
    return {
      status: 2 * count >= relevant.length ? 'reproduced' : 'not reproduced',
      expected,
      measured: `${count} of ${relevant.length} trials explode at ρ = ${smallestOf(relevant)}`,
      threshold,
      detail:
        worst.length === 0
          ? 'no trial explodes at any damping'
          : `trials explode at ρ = ${worst.map(formatNumber).join(', ')}`,
    };
  },
};

/** Σ is indefinite from L = 3 on: the damped metric has poles at L = 4 as at L = 5. */
const poles: Claim = {
  id: 'only-singular-depths-need-tuning',
  statement:
    'Fine-tuning of the damping is a matter of the singular depth 5: with four layers every smaller damping is safe',
  source: 'Karakida & Osawa 2020, 4.2',
  judge: (measurements) => {
    const expected = 'no trial of depth 4 explodes at any damping';
    const threshold = 'no trial of depth 4 explodes, at least one of depth 5 does';
    const [four, five] = [ofDepth(measurements, 4), ofDepth(measurements, 5)];
    if (four.length === 0 || five.length === 0) return undecided(expected, threshold, 'needs depths 4 and 5');
    const [inFour, inFive] = [four.filter(exploded), five.filter(exploded)];
    const dampings = [...new Set(inFour.map(({ params }) => Number(params['damping'])))].sort((a, b) => a - b);
    return {
      status: inFour.length === 0 && inFive.length > 0 ? 'reproduced' : 'not reproduced',
      expected,
      measured: `${inFour.length} of ${four.length} trials of depth 4 and ${inFive.length} of ${five.length} of depth 5 explode`,
      threshold,
      ...(dampings.length === 0 ? {} : { detail: `depth 4 explodes at ρ = ${dampings.map(formatNumber).join(', ')}` }),
    };
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
