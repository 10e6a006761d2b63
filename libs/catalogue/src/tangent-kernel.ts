import { z } from 'zod';
import type { ExperimentDeclaration } from './declaration.ts';
import { precision } from './precision.ts';
import { tangentKernelClaims } from './tangent-kernel-claims.ts';

const parameters = z.strictObject({
  method: z
    .enum(['egf', 'egd', 'ngf', 'ngd'])
    .default('egf')
    .describe('Euclidean or natural gradient, flow or one finite step'),
  depth: z.int().min(1).max(8).default(2).describe('factors L of β = W_1 ⋯ W_L'),
  size: z.int().min(3).max(41).default(11).describe('β is size × size; odd, so that it has a centre'),
  learningRate: z.number().positive().max(10).default(0.01).describe('η of the finite step'),
  initialScale: z
    .number()
    .positive()
    .max(100)
    .default(1)
    .describe('entries of the factors are N(0, initialScale²/size)'),
  precision,
});

/** How all entries of β move when one is observed: Kerekes et al. 2021, Fig. 3. */
export const tangentKernel: ExperimentDeclaration<typeof parameters> = {
  name: 'tangent-kernel',
  version: 2,
  title: 'Tangent-kernel panels of deep matrix products: Euclidean and natural, flow and finite step',
  source: 'Kerekes, Mészáros & Huszár 2021, Fig. 3',
  parameters,
  structuralParameters: ['method', 'depth', 'size', 'precision'],
  metrics: {
    centre: { description: 'movement of the observed entry per unit of its negative gradient', unit: '1' },
    crossShare: { description: 'share of the squared movement on its row and column, without the entry', unit: '1' },
    fieldShare: { description: 'share of the squared movement off its row and column', unit: '1' },
    identityDistance: { description: '‖movement − e‖_F, with e the observed entry alone moving by 1', unit: '1' },
    solveResidual: {
      description: 'relative residual of the natural gradient’s linear system; none for the Euclidean gradient',
      unit: '1',
    },
  },
  traces: {
    panel: { description: 'movement of every entry per unit negative gradient at the centre, row-major', unit: '1' },
  },
  claims: tangentKernelClaims,
  figures: [
    {
      id: 'panels',
      kind: 'matrix',
      title: 'Movement of the entries of β per unit negative gradient at the centre',
      source: 'Kerekes et al. 2021, Fig. 3',
      trace: 'panel',
      columns: 11,
      panelBy: ['depth', 'method'],
      seriesBy: 'method',
    },
  ],
  refuse: ({ size }) => (size % 2 === 0 ? `size must be odd to have a centre entry, got ${size}` : undefined),
};
