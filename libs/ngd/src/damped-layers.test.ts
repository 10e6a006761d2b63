import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createReferenceEngine } from '@natsweep/linalg';
import type { LinalgEngine, Shape, Tensor } from '@natsweep/linalg';
import { blockTridiagonalCoupling, layerKernels } from '@natsweep/models';
import type { Coupling } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import { solveDampedLayers } from './damped-layers.ts';

const engine = createReferenceEngine();
const epsilon = 2 ** -52;

const dense: Record<string, Coupling> = {
  'positive definite': [
    [2, 0.5, -0.3, 0.4],
    [0.5, 1.5, 0.2, 0.1],
    [-0.3, 0.2, 1.5, 0.3],
    [0.4, 0.1, 0.3, 1],
  ],
  indefinite: [
    [1, 2, -1, 0.5],
    [2, -0.5, 0.2, 1],
    [-1, 0.2, 0, 2],
    [0.5, 1, 2, 1],
  ],
};

interface Case {
  readonly coupling: Coupling;
  readonly damping: number;
  readonly samples?: number;
}

/** Θ_l, g/N, and T = KᵀΣK + ρI by Cholesky factors K_l, whose eigenvalues tell how far solutions may differ. */
function setUp({ coupling, damping, samples = 4 }: Case) {
  const depth = coupling.length;
  const widths = [samples + 2, ...Array<number>(depth - 1).fill(samples + 3), 1];
  const { at, residual } = smallNetwork(engine, { widths, samples });
  const kernels = layerKernels(engine, at, at);
  const roots = kernels.map((kernel) => engine.cholesky(kernel).factor);
  const metric = blocks(coupling, (entry, i, j) =>
    engine.binary('multiply', entry, engine.matmul(roots[i]!, roots[j]!, { transposeA: true })),
  );
  const sizes = engine.read(engine.eigh(metric).values).map((value) => Math.abs(value + damping));
  return { kernels, gradient: engine.binary('multiply', 1 / samples, residual), roots, sizes };
}

function blocks(coupling: Coupling, block: (entry: number, i: number, j: number) => Tensor): Tensor {
  const row = (entries: readonly number[], i: number) =>
    engine.concat(
      entries.map((entry, j) => block(entry, i, j)),
      1,
    );
  return engine.concat(coupling.map(row), 0);
}

/** y_l = K_lᵀv_l, whose norm is that of the step, by LU of ((Σ ⊗ I) blockdiag(Θ_l) + ρI) v = 1_L ⊗ g/N. */
function denseSteps({ coupling, damping }: Case, { kernels, gradient, roots }: ReturnType<typeof setUp>): number[] {
  const n = gradient.shape[0]!;
  const system = blocks(coupling, (entry, _, j) => engine.binary('multiply', entry, kernels[j]!));
  const shifted = engine.binary('add', system, engine.binary('multiply', damping, engine.eye(n * coupling.length)));
  const rhs = engine.concat(
    coupling.map(() => gradient),
    0,
  );
  const solution = engine.solve(shifted, rhs);
  return roots.flatMap((_, l) => steps(roots[l]!, engine.slice(solution, [[l * n, (l + 1) * n]])));
}

const steps = (root: Tensor, dual: Tensor): number[] => [
  ...engine.read(engine.matmul(root, dual, { transposeA: true })),
];

function relativeDistance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, i) => value - b[i]!)) / Math.hypot(...b);
}

function check(given: Case, method: 'qr' | 'conjugate-gradients'): void {
  const system = setUp(given);
  const { kernels, gradient, roots, sizes } = system;
  const condition = Math.max(...sizes) / Math.min(...sizes);
  const { duals, statistics } = solveDampedLayers(engine, { ...given, kernels, gradient, measureCondition: true });
  assert.equal(statistics.method, method);
  assert.equal(statistics.dropped, 0);
  const found = duals.flatMap((dual, l) => steps(roots[l]!, dual));
  // both solutions are those of systems that rounding changed by a few ε
  const bound = 1000 * epsilon * condition;
  const at = `Σ of ${given.coupling.length} layers, ρ = ${given.damping}, condition ${condition.toExponential(1)}`;
  const distance = relativeDistance(found, denseSteps(given, system));
  assert.ok(distance <= bound, `${at}: ${distance} > ${bound}`);
  const measured = [statistics.poleDistance! / Math.min(...sizes), statistics.condition! / condition];
  for (const ratio of measured) assert.ok(Math.abs(ratio - 1) <= bound + 1e-8, `${at}: ratio ${ratio}`);
}

const dampings = [1e-12, 1e-9, 1e-6, 1e-3, 0.1, 10];

for (const depth of [1, 2, 3, 4, 5, 6, 7, 8])
  test(`the tridiagonal Σ of ${depth} layers, eliminated block by block, is the dense solution at every damping`, () => {
    for (const damping of dampings) check({ coupling: blockTridiagonalCoupling(depth), damping }, 'qr');
  });

test('a Σ of five diagonals and a dense indefinite one are the dense solution at every damping', () => {
  const five = Array.from({ length: 6 }, (_, i) =>
    Array.from({ length: 6 }, (_, j) => [0.4, 1, -0.7, 0, 0, 0][Math.abs(i - j)]!),
  );
  for (const damping of dampings)
    for (const coupling of [five, dense['indefinite']!]) check({ coupling, damping }, 'qr');
});

test('a dense positive definite Σ is solved by conjugate gradients, at every damping', () => {
  for (const damping of dampings) check({ coupling: dense['positive definite']!, damping }, 'conjugate-gradients');
});

test('any symmetric Σ with bands of any width is the dense solution', () => {
  const sizes = fc.record({
    depth: fc.integer({ min: 1, max: 5 }),
    bandwidth: fc.integer({ min: 0, max: 4 }),
    damping: fc.constantFrom(...dampings),
    entries: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 25, maxLength: 25 }),
  });
  fc.assert(
    fc.property(sizes, ({ depth, bandwidth, damping, entries }) => {
      const entry = (i: number, j: number) =>
        Math.abs(i - j) <= bandwidth ? entries[5 * Math.min(i, j) + Math.max(i, j)]! : 0;
      const coupling = Array.from({ length: depth }, (_, i) => Array.from({ length: depth }, (_, j) => entry(i, j)));
      const given = { coupling, damping, samples: 2 };
      const { sizes, kernels, gradient } = setUp(given);
      fc.pre(Math.max(...sizes) / Math.min(...sizes) < 1e12);
      const { statistics } = solveDampedLayers(engine, { ...given, kernels, gradient, measureCondition: false });
      check(given, statistics.method as 'qr' | 'conjugate-gradients');
    }),
    { numRuns: 60 },
  );
});

test('near a pole the step grows as one over the distance, and the distance is reported', () => {
  const coupling = blockTridiagonalCoupling(4);
  const { roots, kernels, gradient } = setUp({ coupling, damping: 1 });
  const metric = blocks(coupling, (entry, i, j) =>
    engine.binary('multiply', entry, engine.matmul(roots[i]!, roots[j]!, { transposeA: true })),
  );
  const pole = -engine.read(engine.eigh(metric).values)[0]!;
  const at = (relative: number) => {
    const damping = pole * (1 + relative);
    const solved = solveDampedLayers(engine, { coupling, kernels, gradient, damping, measureCondition: true });
    const step = Math.hypot(...solved.duals.flatMap((dual, l) => steps(roots[l]!, dual)));
    return { step, distance: solved.statistics.poleDistance! / pole };
  };
  const [near, nearer] = [at(1e-6), at(1e-8)];
  assert.ok(Math.abs(near.distance / 1e-6 - 1) < 1e-6 && Math.abs(nearer.distance / 1e-8 - 1) < 1e-4);
  assert.ok(Math.abs(nearer.step / near.step / 100 - 1) < 0.01, `${near.step}, ${nearer.step}`);
});

test('kernels of linearly dependent samples are solved without the directions that they do not move', () => {
  const coupling = blockTridiagonalCoupling(3);
  const { at, residual } = smallNetwork(engine, { widths: [2, 6, 6, 1], samples: 5, biasVariance: 0 });
  const samples = [0, 1, 2, 2];
  const duplicated = layerKernels(engine, at, at).map((kernel) =>
    engine.take(engine.take(kernel, samples), samples, 1),
  );
  const gradient = engine.binary('multiply', 1 / 4, engine.take(residual, samples));
  const { duals, statistics } = solveDampedLayers(engine, {
    coupling,
    kernels: duplicated,
    gradient,
    damping: 1e-3,
    measureCondition: true,
  });
  assert.equal(statistics.dropped, 3);
  assert.ok(statistics.condition! < 1e8);
  for (const dual of duals) {
    const values = engine.read(dual);
    assert.ok(values.every(Number.isFinite));
    assert.ok(Math.abs(values[2]! - values[3]!) <= 1e-9 * Math.abs(values[2]!));
  }
});

/** The engine, and the number of entries of the largest tensor that it made since. */
function watch(): { readonly watched: LinalgEngine; readonly largest: () => number } {
  let largest = 0;
  const note = (made: unknown): unknown => {
    if (typeof made !== 'object' || made === null || ArrayBuffer.isView(made)) return made;
    if ('shape' in made)
      largest = Math.max(
        largest,
        (made.shape as Shape).reduce((product, size) => product * size, 1),
      );
    else Object.values(made).forEach(note);
    return made;
  };
  const watched = new Proxy(engine, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      return typeof member === 'function' ? (...args: unknown[]) => note(Reflect.apply(member, target, args)) : member;
    },
  });
  return { watched, largest: () => largest };
}

test('no tensor of a banded or positive definite Σ has more entries than L matrices [n, n]', () => {
  const [depth, samples] = [12, 5];
  const definite = Array.from({ length: depth }, (_, i) =>
    Array.from({ length: depth }, (_, j) => (i === j ? 4 : 0.1)),
  );
  for (const coupling of [blockTridiagonalCoupling(depth), definite]) {
    const { kernels, gradient } = setUp({ coupling, damping: 0.01, samples });
    const { watched, largest } = watch();
    solveDampedLayers(watched, { coupling, kernels, gradient, damping: 0.01, measureCondition: false });
    assert.equal(largest(), depth * samples ** 2);
  }
});
