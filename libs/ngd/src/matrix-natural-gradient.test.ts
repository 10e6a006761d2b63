import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createReferenceEngine, RandomStream, type LinalgEngine, type Tensor } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { factorContexts, matrixProduct, productResponse } from '@natsweep/models';
import { conjugateGradients } from './conjugate-gradients.ts';
import { kroneckerLeastSquares } from './kronecker-least-squares.ts';
import { matrixNaturalGradient } from './matrix-natural-gradient.ts';
import { matrixSplitGradient } from './matrix-split.ts';
import { createSylvester } from './sylvester.ts';

const engine = createReferenceEngine();
const size = 3;
const entries = size * size;
const solved = { rtol: 1e-7, atol: 1e-7 };

const normals = (seed: number, purpose: string) => new RandomStream(seed, purpose).normals(entries);
const square = (values: ArrayLike<number>) => engine.tensor(values, [size, size]);
const factorsOf = (seed: number, layers: number) =>
  Array.from({ length: layers }, (_, l) => square(normals(seed, `w${l}`)));
const mask = Float64Array.of(1, 0, 1, 1, 1, 0, 0, 1, 0);
const residualOf = (seed: number) => normals(seed, 'residual').map((value, i) => value * mask[i]!);

/** ∂vec β/∂vec W column by column, by perturbing β = ∏ W, exactly since β is linear in each factor. */
function explicitJacobian(factors: readonly Tensor[]): Float64Array[] {
  const base = engine.read(matrixProduct(engine, factors));
  return factors.flatMap((factor, layer) =>
    Array.from({ length: entries }, (_, index) => {
      const bumped = engine.read(factor);
      bumped[index]! += 1;
      const moved = factors.map((other, l) => (l === layer ? square(bumped) : other));
      return engine.read(matrixProduct(engine, moved)).map((value, i) => value - base[i]!);
    }),
  );
}

/** (Jᵀ diag(fisher) J)⁺ Jᵀ r, formed entry by entry. */
function explicitNaturalGradient(factors: readonly Tensor[], fisher: ArrayLike<number>, residual: Float64Array) {
  const columns = explicitJacobian(factors);
  const gram = columns.map((a) => columns.map((b) => a.reduce((sum, value, i) => sum + value * fisher[i]! * b[i]!, 0)));
  const right = columns.map((a) => a.reduce((sum, value, i) => sum + value * residual[i]!, 0));
  const parameters = columns.length;
  const f = engine.tensor(gram.flat(), [parameters, parameters]);
  return engine.read(engine.leastSquares(f, engine.tensor(right, [parameters, 1]), { rcond: 1e-11 }).solution);
}

/** Whether forming JᵀFJ, which squares the condition number of J on the given entries (all, if none), leaves digits to compare. */
function isWellConditioned(factors: readonly Tensor[], mask: ArrayLike<number>): boolean {
  const kept = Array.from({ length: entries }, (_, i) => i).filter((i) => mask.length === 0 || mask[i] === 1);
  const columns = explicitJacobian(factors);
  const rows = kept.map((i) => columns.map((column) => column[i]!));
  const values = engine.read(engine.svd(engine.tensor(rows.flat(), [kept.length, columns.length])).s);
  return values.at(-1)! > 0.01 * values[0]!;
}

const flat = (tensors: readonly Tensor[]) => tensors.flatMap((t) => [...engine.read(t)]);

test('the matrix natural gradient is F⁺∇L for both Fishers, L = 1 to 4 and any mask', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('complete', 'observed'),
      fc.array(fc.boolean(), { minLength: entries, maxLength: entries }),
      (seed, layers, fisher, seen) => {
        const factors = factorsOf(seed, layers);
        const observed = Float64Array.from(seen, Number);
        fc.pre(seen.includes(true) && isWellConditioned(factors, fisher === 'complete' ? [] : observed));
        const residual = normals(seed, 'residual').map((value, i) => value * observed[i]!);
        const { gradients, relativeResidual } = matrixNaturalGradient(engine, factors, {
          residual: square(residual),
          observed: square(observed),
          fisher,
        });
        const weights = fisher === 'complete' ? new Float64Array(entries).fill(1) : observed;
        const expected = explicitNaturalGradient(factors, weights, residual);
        assert.ok(relativeResidual <= 1e-8, `residual ${relativeResidual}`);
        assertClose(flat(gradients), expected, { rtol: 1e-4, atol: 1e-5 * Math.hypot(...expected) });
      },
    ),
    { numRuns: 80 },
  );
});

test('least-norm and split steps move β by the observed residual: Σ J_l vec(g_l) = vec(R)', () => {
  for (const layers of [2, 3, 4]) {
    const factors = factorsOf(10 + layers, layers);
    const residual = square(residualOf(layers));
    const contexts = factorContexts(engine, factors);
    const joint = matrixNaturalGradient(engine, factors, { residual, observed: square(mask), fisher: 'complete' });
    const pinv = matrixSplitGradient(engine, factors, { residual, solver: 'pinv' });
    const qr = matrixSplitGradient(engine, factors, { residual, solver: 'qr' });
    for (const { gradients, relativeResidual } of [joint, pinv, qr]) {
      assertClose(engine.read(productResponse(engine, contexts, gradients)), engine.read(residual), solved);
      assert.ok(relativeResidual < 1e-8, `residual ${relativeResidual}`);
    }
    const norm = (gradients: readonly Tensor[]) => Math.hypot(...flat(gradients));
    assert.ok(norm(joint.gradients) < norm(pinv.gradients) * (1 - 1e-3), 'the joint solution has the smaller norm');
  }
});

test('every split factor alone moves β by 1/L of the residual', () => {
  const factors = factorsOf(20, 3);
  const residual = square(residualOf(20));
  const contexts = factorContexts(engine, factors);
  matrixSplitGradient(engine, factors, { residual, solver: 'qr' }).gradients.forEach((gradient, l) => {
    const { left, right } = contexts[l]!;
    const moved = engine.matmul(engine.matmul(left, gradient), right);
    assertClose(
      engine.read(moved),
      engine.read(residual).map((value) => value / 3),
      solved,
    );
  });
});

test('a finite split step multiplies determinants: β_new = (I − (η/L) R β⁻¹)^L β where all factors commute', () => {
  const diagonal = [2, 3, 5];
  const factors = [0, 1].map(() => engine.diag(engine.tensor(diagonal.map(Math.sqrt), [3])));
  const residual = engine.diag(engine.tensor([1, -1, 2], [3]));
  const { gradients } = matrixSplitGradient(engine, factors, { residual, solver: 'qr' });
  const eta = 0.5;
  const moved = factors.map((factor, l) =>
    engine.binary('subtract', factor, engine.binary('multiply', gradients[l]!, eta)),
  );
  const expected = diagonal.map((b, i) => (1 - (eta / 2) * ([1, -1, 2][i]! / b)) ** 2 * b);
  assertClose(engine.read(engine.diagonal(matrixProduct(engine, moved))), expected);
});

test('Sylvester: P Z + Z Q = G, and zero where both parts of the spectrum vanish', () => {
  const gram = (t: Tensor) => engine.matmul(t, t, { transposeA: true });
  const [p, q] = [gram(square(normals(1, 'p'))), gram(square(normals(1, 'q')))];
  const g = square(normals(1, 'g'));
  const z = createSylvester(engine, { left: p, right: q })(g);
  const image = engine.binary('add', engine.matmul(p, z), engine.matmul(z, q));
  assertClose(engine.read(image), engine.read(g));
  const flatPart = engine.diag(engine.tensor([1, 0, 0], [3]));
  const ones = engine.full([3, 3], 1);
  const singular = createSylvester(engine, { left: flatPart, right: flatPart })(ones);
  assertClose(engine.read(singular), [0.5, 1, 1, 1, 0, 0, 1, 0, 0]);
});

test('conjugate gradients solve in as many iterations as there are distinct eigenvalues, and report what they reach', () => {
  const weights = engine.tensor([1, 1, 4, 4, 9], [5]);
  const system = {
    multiply: (x: Tensor) => engine.binary('multiply', weights, x),
    rightHandSide: engine.tensor([1, 2, 3, 4, 5], [5]),
    tolerance: 1e-12,
  };
  const full = conjugateGradients(engine, { ...system, maxIterations: 50 });
  assert.equal(full.iterations, 3);
  assertClose(engine.read(full.solution), [1, 2, 3 / 4, 1, 5 / 9]);
  const cut = conjugateGradients(engine, { ...system, maxIterations: 1 });
  assert.ok(cut.relativeResidual > 0.1);
  const nothing = conjugateGradients(engine, { ...system, rightHandSide: engine.full([5], 0), maxIterations: 5 });
  assert.deepEqual([...engine.read(nothing.solution)], [0, 0, 0, 0, 0]);
});

test('Kronecker least squares equal the explicit ones, for full and for deficient rank', () => {
  const full = square(normals(2, 'a'));
  const deficient = square([1, 2, 3, 2, 4, 6, 0, 1, 1]);
  const g = square(normals(2, 'g'));
  for (const [a, b] of [
    [full, square(normals(2, 'b'))],
    [full, deficient],
    [deficient, full],
    [deficient, engine.transpose(deficient)],
  ] as const) {
    // row-major vec: vec(A X B) = (A ⊗ Bᵀ) vec X
    const [av, bv] = [engine.read(a), engine.read(b)];
    const kron = Array.from({ length: entries * entries }, (_, index) => {
      const [row, column] = [Math.floor(index / entries), index % entries];
      const [i, j] = [Math.floor(row / size), row % size];
      const [k, l] = [Math.floor(column / size), column % size];
      return av[i * size + k]! * bv[l * size + j]!;
    });
    const expected = engine.leastSquares(engine.tensor(kron, [entries, entries]), engine.reshape(g, [entries, 1]), {
      rcond: 1e-12,
    });
    for (const solver of ['pinv', 'qr'] as const)
      assertClose(
        engine.read(kroneckerLeastSquares(engine, { a, b, g }, { solver, rcond: 1e-12 })),
        engine.read(expected.solution),
        solved,
      );
  }
});

test('what counts as singular depends on the precision that the engine computes in', () => {
  const single: LinalgEngine = { ...engine, info: () => ({ ...engine.info(), precision: 'float32' }) };
  const nearly = engine.diag(engine.tensor([1, 1, 1e-8], [3]));
  const g = engine.full([3, 3], 1);
  for (const [of, last] of [
    [engine, 1e8],
    [single, 0],
  ] as const) {
    const z = createSylvester(of, { left: nearly, right: nearly })(g);
    assertClose(engine.read(z).at(-1)!, last / 2, { rtol: 1e-9, atol: 1e-9 });
    for (const solver of ['pinv', 'qr'] as const) {
      const x = kroneckerLeastSquares(of, { a: nearly, b: engine.eye(3), g }, { solver });
      assertClose(engine.read(x), [1, 1, 1, 1, 1, 1, last, last, last], { rtol: 1e-9, atol: 1e-9 });
    }
  }
});

/** [rows, columns] with the given singular values and random singular vectors. */
function withSpectrum(seed: number, spectrum: readonly number[], [rows, columns]: readonly [number, number]) {
  const orthonormal = (purpose: string, n: number) =>
    engine.qr(engine.tensor(new RandomStream(seed, purpose).normals(n * n), [n, n])).q;
  const values = new Float64Array(rows * columns);
  spectrum.forEach((value, i) => (values[i * columns + i] = value));
  const middle = engine.matmul(orthonormal('left', rows), engine.tensor(values, [rows, columns]));
  return engine.matmul(middle, orthonormal('right', columns));
}

test('QR finds the rank that singular values do, for any shape, rank and spread of those that count', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 0, max: 8 }),
      (seed, rows, columns, rank, decades) => {
        const least = Math.min(rows, columns, rank);
        const spectrum = Array.from({ length: least }, (_, i) => 10 ** ((-decades * i) / Math.max(1, least - 1)));
        const a = withSpectrum(seed, spectrum, [rows, columns]);
        const x = engine.tensor(new RandomStream(seed, 'x').normals(columns * 2), [columns, 2]);
        const g = engine.matmul(a, x);
        const solve = (solver: 'qr' | 'pinv') =>
          engine.read(kroneckerLeastSquares(engine, { a, b: engine.eye(2), g }, { solver, rcond: 1e-12 }));
        // a singular value of 10⁻⁸ leaves 8 of 16 digits
        assertClose(solve('qr'), solve('pinv'), {
          rtol: 0,
          atol: 1e-14 * 10 ** decades * Math.hypot(1, ...engine.read(x)) * 100,
        });
      },
    ),
    { numRuns: 300 },
  );
});

test('a triangle whose pivots hide that it is singular, as Kahan’s do, is solved by its singular values', () => {
  const n = 60;
  const [s, c] = [Math.sin(1.2), Math.cos(1.2)];
  const kahan = engine.tensor(
    Array.from({ length: n * n }, (_, index) => {
      const [i, j] = [Math.floor(index / n), index % n];
      return s ** i * (i === j ? 1 : i < j ? -c : 0);
    }),
    [n, n],
  );
  const rcond = 1e-8;
  const pivots = engine.read(engine.diagonal(engine.qr(kahan).r)).map(Math.abs);
  const values = engine.read(engine.svd(kahan).s);
  assert.ok(Math.min(...pivots) > rcond * Math.max(...pivots), 'the pivots do not show it');
  assert.ok(values.at(-1)! < rcond * values[0]!, 'the singular values do');
  const g = engine.tensor(new RandomStream(1, 'g').normals(n), [n, 1]);
  const solve = (solver: 'qr' | 'pinv') =>
    engine.read(kroneckerLeastSquares(engine, { a: kahan, b: engine.eye(1), g }, { solver, rcond }));
  assertClose(solve('qr'), solve('pinv'), { rtol: 1e-6, atol: 1e-6 * Math.hypot(...solve('pinv')) });
});

test('QR keeps accuracy on ill-conditioned factors, as measured by the residual', () => {
  const spectrum = engine.diag(engine.tensor([1, 1e-4, 1e-8], [3]));
  const rotate = (seed: number) => engine.qr(square(normals(seed, 'rotation'))).q;
  const a = engine.matmul(engine.matmul(rotate(1), spectrum), rotate(2));
  const b = engine.matmul(engine.matmul(rotate(3), spectrum), rotate(4));
  const truth = square(normals(3, 'x'));
  const g = engine.matmul(engine.matmul(a, truth), b);
  const x = kroneckerLeastSquares(engine, { a, b, g }, { solver: 'qr' });
  const residual = engine.binary('subtract', engine.matmul(engine.matmul(a, x), b), g);
  assertClose(engine.read(residual), new Float64Array(entries), { rtol: 0, atol: 1e-14 });
});
