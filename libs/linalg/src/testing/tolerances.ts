import type { Precision } from '../engine.ts';

/** |actual − expected| ≤ atol + rtol · |expected| */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** What a computation may lose, by its kind, for data of order 1. */
export interface TolerancePolicy {
  /** One rounding, or one library function. */
  readonly elementwise: Tolerance;
  /** Sums and products over up to some hundred terms. */
  readonly accumulated: Tolerance;
  /** Factorisations and solves of matrices with condition numbers up to some hundred. */
  readonly factorised: Tolerance;
}

/** The only place where tolerances are set. */
export const tolerances: Readonly<Record<Precision, TolerancePolicy>> = {
  float64: {
    elementwise: { rtol: 1e-14, atol: 1e-15 },
    accumulated: { rtol: 1e-12, atol: 1e-12 },
    factorised: { rtol: 1e-10, atol: 1e-11 },
  },
  float32: {
    elementwise: { rtol: 1e-6, atol: 1e-6 },
    accumulated: { rtol: 2e-5, atol: 2e-5 },
    factorised: { rtol: 2e-3, atol: 2e-4 },
  },
};
