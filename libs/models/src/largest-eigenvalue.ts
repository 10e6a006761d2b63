import { RandomStream } from '@natsweep/linalg';
import type { LinalgEngine } from '@natsweep/linalg';

/** Relative growth of the estimate, from one test to the next, up to which it counts as found. */
const tolerance = 1e-9;
/** Steps between tests, each of which takes an eigendecomposition. */
const testEvery = 8;

/**
 * max |λ| of a symmetric operator on vectors of `size` numbers by the Lanczos process with full reorthogonalisation, which
 * keeps at most `maximumSteps` of them. The start is the same in every call.
 *
 * An estimate from below: Ritz values lie within the spectrum. It ends after `maximumSteps`, where the Krylov space is invariant
 * (in `size` steps at the latest: exact to rounding), or where 8 more steps have raised it by 10⁻⁹ of itself at most. For a
 * positive definite operator and a random start, k steps are expected to miss 0.103 (ln(n(k − 1)⁴)/(k − 1))² of it at most,
 * whatever the spectrum (Kuczyński & Woźniakowski 1992, SIAM J. Matrix Anal. Appl. 13, Theorem 3.2).
 */
export function largestEigenvalue(
  engine: LinalgEngine,
  multiply: (x: Float64Array) => Float64Array,
  { size, maximumSteps }: { readonly size: number; readonly maximumSteps: number },
): number {
  const steps = Math.min(size, maximumSteps);
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let next = unit(new RandomStream(0, 'lanczos/start').normals(size));
  let estimate = 0;
  for (;;) {
    basis.push(next);
    const image = Float64Array.from(multiply(next));
    const imageNorm = norm(image);
    diagonal.push(inner(image, next));
    for (let pass = 0; pass < 2; pass++) for (const known of basis) subtract(image, inner(image, known), known);
    const isInvariant = norm(image) <= 2 ** -40 * imageNorm;
    const isLast = basis.length === steps || isInvariant;
    if (isLast || basis.length % testEvery === 0) {
      const before = estimate;
      estimate = tridiagonalRadius(engine, diagonal, beside);
      if (isLast || estimate - before <= tolerance * estimate) return estimate;
    }
    beside.push(norm(image));
    next = unit(image);
  }
}

function tridiagonalRadius(engine: LinalgEngine, diagonal: readonly number[], beside: readonly number[]): number {
  const n = diagonal.length;
  const entries = new Float64Array(n * n);
  diagonal.forEach((value, i) => (entries[i * (n + 1)] = value));
  beside.forEach((value, i) => (entries[i * (n + 1) + 1] = entries[i * (n + 1) + n] = value));
  return engine.scope(() => Math.max(...engine.read(engine.eigh(engine.tensor(entries, [n, n])).values).map(Math.abs)));
}

const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const norm = (a: Float64Array): number => Math.sqrt(inner(a, a));

function unit(a: Float64Array): Float64Array {
  const length = norm(a);
  return a.map((value) => value / length);
}

function subtract(from: Float64Array, scale: number, a: Float64Array): void {
  a.forEach((value, i) => (from[i] = from[i]! - scale * value));
}
