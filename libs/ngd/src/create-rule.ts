import type { DescentRule } from '@natsweep/models';
import { blockDiagonal } from './block-diagonal.ts';
import { blockTridiagonal } from './block-tridiagonal.ts';
import { diagonal } from './diagonal.ts';
import { exact } from './exact.ts';
import { kfac } from './kfac.ts';
import { quasiDiagonal } from './quasi-diagonal.ts';
import { unitWise } from './unit-wise.ts';

export type Approximation =
  'exact' | 'block-diagonal' | 'block-tridiagonal' | 'kfac' | 'unit-wise' | 'diagonal' | 'quasi-diagonal';

/** The natural gradient rule that an approximation of the Fisher matrix defines. */
export function createRule(approximation: Approximation): DescentRule {
  switch (approximation) {
    case 'exact':
      return exact();
    case 'block-diagonal':
      return blockDiagonal();
    case 'block-tridiagonal':
      return blockTridiagonal();
    case 'kfac':
      return kfac();
    case 'unit-wise':
      return unitWise();
    case 'diagonal':
      return diagonal();
    case 'quasi-diagonal':
      return quasiDiagonal();
  }
}
