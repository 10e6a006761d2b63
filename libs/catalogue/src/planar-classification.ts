import { z } from 'zod';
import type { ExperimentDeclaration } from './declaration.ts';
import {
  diagonalClassifierParameters,
  diagonalClassifierRefusal,
  diagonalClassifierStructure,
} from './diagonal-classifier-parameters.ts';
import { planarClassificationClaims } from './planar-classification-claims.ts';

const parameters = diagonalClassifierParameters.extend({
  start: diagonalClassifierParameters.shape.start.default('balanced'),
  initialScale: diagonalClassifierParameters.shape.initialScale.default(0.01),
  samples: z.int().min(2).max(10_000).default(40).describe('N, points in the plane'),
});

/** Directions in the plane by depth and method against the margin separators: Kerekes et al. 2021, Fig. 2. */
export const planarClassification: ExperimentDeclaration<typeof parameters> = {
  name: 'planar-classification',
  version: 3,
  title: 'A planar toy: which separator each method and depth ends at',
  source: 'Kerekes, Mészáros & Huszár 2021, Fig. 2',
  parameters,
  computesTogether: true,
  structuralParameters: ['samples', ...diagonalClassifierStructure],
  metrics: {
    angle: { description: 'direction of β at the end, from the first axis', unit: 'degree' },
    angleToLimit: {
      description:
        'distance from the direction where theory sees the flow end: the ℓ_{2/L} large-margin separator for EGD, ' +
        'the minimum of −∇L(β₀)ᵀβ over separators of margin 1 for NGD (Newton flow)',
      unit: 'degree',
    },
    angleToL2: { description: 'distance from the ℓ2 large-margin separator', unit: 'degree' },
    angleToL1: { description: 'distance from the ℓ1 large-margin separator', unit: 'degree' },
    angleToAxis: { description: 'distance from the first axis', unit: 'degree' },
    angleAtLoss: { description: 'direction when the mean loss first reaches 0.001, interpolated', unit: 'degree' },
    smallestMargin: { description: 'min_n y_n x_nᵀβ', unit: '1' },
  },
  traces: {
    step: { description: 'step of each recorded value', unit: 'step' },
    angle: { description: 'direction of β at recorded steps', unit: 'degree' },
    angleLimit: { description: 'the direction where theory sees the flow end', unit: 'degree' },
  },
  claims: planarClassificationClaims,
  figures: [
    {
      id: 'directions',
      kind: 'traces',
      title: 'Direction of the separator (circles) and its limit (lines)',
      source: 'Kerekes et al. 2021, Fig. 2',
      measured: 'angle',
      theory: 'angleLimit',
      panelBy: ['method', 'stepRule', 'naturalRule'],
      seriesBy: 'depth',
      xLabel: 'recorded step',
      yLabel: 'angle from the first axis, degrees',
      yScale: 'linear',
    },
    {
      id: 'final-directions',
      kind: 'metric',
      title: 'Direction at the end against depth',
      source: 'Kerekes et al. 2021, Fig. 2',
      x: 'depth',
      measured: 'angle',
      panelBy: ['stepRule', 'naturalRule'],
      seriesBy: 'method',
      xLabel: 'layers L',
      yLabel: 'angle from the first axis, degrees',
      xScale: 'linear',
      yScale: 'linear',
    },
  ],
  refuse: (params) => {
    if (params.method === 'ngd-population')
      return 'the planar toy is not a sample of N(0, I): ngd-population has no meaning';
    return diagonalClassifierRefusal({ ...params, dimension: 2 });
  },
};
