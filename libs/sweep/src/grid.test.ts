import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exampleExperiment } from '../testing/example-experiment.ts';
import { specOf } from '../testing/parse.ts';
import { createGrid, type Grid } from './grid.ts';
import { GridError } from './grid-error.ts';
import type { ContinuousAxis, SweepSpec } from './spec.ts';
import type { Parameters, ParameterValue, Trial } from './trial.ts';

const gridOf = (body: string): Grid => createGrid(specOf(body), exampleExperiment);
const trials = (grid: Grid): readonly Trial[] => Array.from({ length: grid.size }, (_, i) => grid.trial(i));
const pointKey = ({ params, seed }: { params: Parameters; seed: number }) =>
  JSON.stringify([Object.entries(params).sort(), seed]);

/** Every point of a small discrete grid by nested loops and JavaScript's own evaluation: slow, obvious, independent. */
function bruteForce(axes: Record<string, readonly ParameterValue[]>, options: BruteForce): readonly string[] {
  const defaults = exampleExperiment.parameters.parse({}) as Record<string, ParameterValue>;
  let points: Record<string, ParameterValue>[] = [defaults];
  for (const [name, values] of Object.entries(axes)) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  }
  const collapsed = points.map((point) =>
    options.absent?.(point) === undefined
      ? point
      : { ...point, [options.absent(point)!]: defaults[options.absent(point)!]! },
  );
  const kept = collapsed.filter((point) => options.keep?.(point) ?? true);
  const seeded = kept.flatMap((params) =>
    Array.from({ length: options.repeats }, (_, seed) => pointKey({ params, seed })),
  );
  return [...new Set(seeded)].sort();
}

interface BruteForce {
  readonly repeats: number;
  readonly keep?: (point: Record<string, ParameterValue>) => boolean;
  /** The parameter that is absent at a point. */
  readonly absent?: (point: Record<string, ParameterValue>) => string | undefined;
}

/** As records come back from a database. */
function inAnotherOrder(trial: Trial): Trial {
  return { ...trial, params: Object.fromEntries(Object.entries(trial.params).sort().reverse()) };
}

const subset = <T>(values: readonly T[]) => fc.shuffledSubarray([...values], { minLength: 1 });
const axisSets = fc.record({
  depth: subset([1, 2, 3, 4]),
  damping: subset([0, 0.1, 1]),
  approximation: subset(['gradient-descent', 'exact', 'kfac']),
  width: subset([8, 16, 32]),
  samples: subset([2, 4]),
});
const wheres = fc.constantFrom<readonly [string, (p: Record<string, ParameterValue>) => boolean]>(
  ['true', () => true],
  ["depth > 1 || approximation != 'nothing-here'", () => true],
  ['depth % 2 == 0', (p) => Number(p['depth']) % 2 === 0],
  ['width > 8 || damping > 0', (p) => Number(p['width']) > 8 || Number(p['damping']) > 0],
  [
    "samples == 2 && !(approximation == 'kfac' && depth > 2)",
    (p) => p['samples'] === 2 && !(p['approximation'] === 'kfac' && Number(p['depth']) > 2),
  ],
  [
    'depth * width < 64 || samples < depth',
    (p) => Number(p['depth']) * Number(p['width']) < 64 || Number(p['samples']) < Number(p['depth']),
  ],
);

test('invariant 1: index and trial are in bijection, with exact counts, for any axes, conditions and order', () => {
  const scenario = fc.record({
    axes: axisSets,
    where: wheres.filter(([text]) => !text.includes('nothing-here')),
    conditional: fc.boolean(),
    repeats: fc.integer({ min: 1, max: 3 }),
    order: fc.constantFrom('grid', 'shuffled'),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(scenario, ({ axes, where, conditional, repeats, order }) => {
      const [text, keep] = where;
      const when = conditional ? ', when: "approximation != \'gradient-descent\'"' : '';
      const entries = Object.entries(axes).map(([name, values]) =>
        name === 'damping'
          ? `damping: { values: ${JSON.stringify(values)}${when} }`
          : `${name}: ${JSON.stringify(values)}`,
      );
      const absent = (p: Record<string, ParameterValue>) =>
        conditional && p['approximation'] === 'gradient-descent' ? 'damping' : undefined;
      const expected = bruteForce(axes, { repeats, keep, absent });
      const all = bruteForce(axes, { repeats, absent });
      const body = `axes: { ${entries.join(', ')} }\nwhere: ${JSON.stringify(text)}\nrepeats: ${repeats}\norder: ${order}`;
      const make = () => gridOf(body);
      if (expected.length === 0) return void assert.throws(make, /no point meets|holds at no point/);
      const grid = make();
      assert.equal(grid.size, expected.length);
      assert.equal(grid.excluded, all.length - expected.length);
      assert.deepEqual(trials(grid).map(pointKey).sort(), expected);
      assert.equal(new Set(trials(grid).map(({ trialId }) => trialId)).size, grid.size);
      for (const trial of trials(grid)) assert.equal(grid.locate(inAnotherOrder(trial)), trial.index);
    }),
    { numRuns: 150 },
  );
});

test('invariant 1: a shuffled grid holds the same trials in another order, in runs that still batch', () => {
  const body = 'axes: { width: { range: { from: 1, to: 500 } }, damping: [0, 1] }\nrepeats: 3\n';
  const [plain, shuffled, again] = [gridOf(body), gridOf(`${body}order: shuffled`), gridOf(`${body}order: shuffled`)];
  const ids = (grid: Grid) => trials(grid).map(({ trialId }) => trialId);
  assert.deepEqual(ids(shuffled), ids(again));
  assert.notDeepEqual(ids(shuffled), ids(plain));
  assert.deepEqual(ids(shuffled).sort(), ids(plain).sort());
  assert.notDeepEqual(ids(gridOf(`${body}order: shuffled\nseed: 1`)), ids(shuffled));
});

test('invariant 1: indices of one structural group are neighbours, also where conditions couple them with others', () => {
  const grid = gridOf(`axes:
  damping: [0, 0.1, 1]
  depth: [2, 3, 4]
  samples: [2, 4]
  width: [8, 16]
where: "damping > 0 || depth == 3"
repeats: 2`);
  const keys = Array.from({ length: grid.size }, (_, i) => grid.structuralKey(i));
  const changes = keys.filter((key, i) => key !== keys[i - 1]).length;
  assert.equal(changes, new Set(keys).size);
  for (let i = 0; i < grid.size; i++) {
    const end = grid.groupEnd(i, grid.size);
    assert.ok(end > i && keys.slice(i, end).every((key) => key === keys[i]));
    assert.ok(end === grid.size || keys[end] !== keys[i]);
    assert.equal(grid.groupEnd(i, i + 1), i + 1);
  }
});

test('a zipped axis may repeat a value where the points differ', () => {
  const grid = gridOf('axes: { depth: [1, 1, 2], width: [8, 16, 8] }\nzip: [[depth, width]]');
  assert.deepEqual(
    [0, 1, 2].map((i) => [grid.trial(i).params['depth'], grid.trial(i).params['width']]),
    [
      [1, 8],
      [1, 16],
      [2, 8],
    ],
  );
});

test('invariant 1: zipped axes advance together', () => {
  const grid = gridOf('axes: { depth: [1, 2, 3], width: [8, 16, 32], damping: [0, 1] }\nzip: [[depth, width]]');
  const points = new Set(
    trials(grid).map(({ params }) => `${params['depth']} ${params['width']} ${params['damping']}`),
  );
  assert.deepEqual([...points].sort(), ['1 8 0', '1 8 1', '2 16 0', '2 16 1', '3 32 0', '3 32 1']);
});

test('invariant 1: zipped axes under a condition are present together, for any axes, conditions and order', () => {
  const whens = fc.constantFrom<readonly [string, (p: Record<string, ParameterValue>) => boolean]>(
    ["approximation == 'kfac'", (p) => p['approximation'] === 'kfac'],
    ['depth > 2', (p) => Number(p['depth']) > 2],
    [
      "depth % 2 == 0 && approximation != 'exact'",
      (p) => Number(p['depth']) % 2 === 0 && p['approximation'] !== 'exact',
    ],
    ['depth > 9', () => false],
  );
  const scenario = fc.record({
    axes: fc.record({
      depth: subset([1, 2, 3, 4]),
      approximation: subset(['gradient-descent', 'exact', 'kfac']),
      zipped: subset([
        [8, 0],
        [16, 0],
        [16, 0.1],
        [256, 0],
        [32, 1],
      ]),
    }),
    where: wheres.filter(([text]) => !text.includes('samples') && !text.includes('nothing-here')),
    when: whens,
    dependsOnZipped: fc.boolean(),
    repeats: fc.integer({ min: 1, max: 2 }),
    order: fc.constantFrom('grid', 'shuffled'),
  });
  const defaults = exampleExperiment.parameters.parse({}) as Record<string, ParameterValue>;
  fc.assert(
    fc.property(scenario, ({ axes, where, when, dependsOnZipped, repeats, order }) => {
      const points = new Set<string>();
      const kept = new Set<string>();
      for (const depth of axes.depth)
        for (const approximation of axes.approximation)
          for (const [width, damping] of axes.zipped)
            for (const activation of dependsOnZipped ? ['relu', 'erf'] : ['relu']) {
              const present = when[1]({ depth, approximation }) ? { width: width!, damping: damping! } : {};
              const outer = { ...defaults, depth, approximation, ...present };
              const point = outer['width'] === 16 ? { ...outer, activation } : outer;
              for (let seed = 0; seed < repeats; seed++) {
                points.add(pointKey({ params: point, seed }));
                if (where[1](point)) kept.add(pointKey({ params: point, seed }));
              }
            }
      const list = (column: number) => JSON.stringify(axes.zipped.map((pair) => pair[column]));
      const body = `axes:
  width: { values: ${list(0)}, when: ${JSON.stringify(when[0])} }
  ${dependsOnZipped ? 'activation: { values: [relu, erf], when: width == 16 }' : ''}
  depth: ${JSON.stringify(axes.depth)}
  approximation: ${JSON.stringify(axes.approximation)}
  damping: { values: ${list(1)}, when: ${JSON.stringify(when[0])} }
zip: [[width, damping]]
where: ${JSON.stringify(where[0])}
repeats: ${repeats}
order: ${order}`;
      if (kept.size === 0) return void assert.throws(() => gridOf(body), /no point meets|holds at no point/);
      const grid = gridOf(body);
      assert.equal(grid.size, kept.size);
      assert.equal(grid.excluded, points.size - kept.size);
      assert.deepEqual(trials(grid).map(pointKey).sort(), [...kept].sort());
      for (const trial of trials(grid)) assert.equal(grid.locate(inAnotherOrder(trial)), trial.index);
    }),
    { numRuns: 150 },
  );
});

test('axes that conditions couple beyond the limit are refused with the clause', () => {
  const body = `axes:
  width: { range: { from: 1, to: 3000 } }
  samples: { range: { from: 2, to: 3001 } }
where: "width + samples > 10"`;
  assert.throws(
    () => gridOf(body),
    /where: "width \+ samples > 10" couples the axes width, samples, which have more than 2097152 combinations/,
  );
});

test('a sweep of another version of its experiment is refused, not silently run', () => {
  const spec = specOf('axes: { depth: [1, 2] }');
  const raised = { ...exampleExperiment, version: 2 };
  assert.throws(
    () => createGrid(spec, raised),
    (error) => error instanceof GridError && error.code === 'version',
  );
});

test('invariant 7: seeds are paired: every point has the same seeds, repeats of a point are neighbours', () => {
  for (const order of ['grid', 'shuffled']) {
    const grid = gridOf(`axes: { approximation: [exact, kfac], depth: [1, 3] }\nrepeats: 3\nseed: 10\norder: ${order}`);
    const seeds = new Map<string, number[]>();
    for (const { params, seed } of trials(grid)) {
      const key = JSON.stringify(params);
      seeds.set(key, [...(seeds.get(key) ?? []), seed]);
    }
    assert.equal(seeds.size, 4);
    for (const list of seeds.values()) assert.deepEqual(list.sort(), [10, 11, 12]);
  }
});

test('random and Sobol search draw the asked number of distinct allowed points, the same ones for a seed', () => {
  for (const search of ['random', 'sobol']) {
    const body = `axes:
  damping: { min: 1e-6, max: 1, scale: log, when: "approximation != 'gradient-descent'" }
  width: { min: 16, max: 4096, scale: log }
  approximation: [gradient-descent, exact, kfac]
  depth: [1, 2, 3]
where: "approximation != 'kfac' || depth > 1"
search: ${search}
trials: 200
repeats: 2
`;
    const grid = gridOf(body);
    assert.equal(grid.size, 400);
    const all = trials(grid);
    assert.equal(new Set(all.map(({ trialId }) => trialId)).size, 400);
    for (const trial of all) assert.equal(grid.locate(inAnotherOrder(trial)), trial.index);
    for (const { params } of all) {
      const { damping, width, approximation, depth } = exampleExperiment.parameters.parse(params);
      assert.ok(approximation !== 'kfac' || depth > 1);
      assert.ok(Number.isInteger(width) && width >= 16 && width <= 4096);
      assert.ok(approximation === 'gradient-descent' ? damping === 0 : damping >= 1e-6 && damping <= 1);
    }
    const small = all.filter(({ params }) => Number(params['width']) < 256).length;
    assert.ok(small > 160 && small < 240, `log scale: ${small} of 400 below the geometric middle`);
    assert.deepEqual(trials(gridOf(body)), all);
    assert.notDeepEqual(trials(gridOf(`${body}seed: 1`)), all);
  }
});

test('Sobol search over a discrete grid reaches every point once', () => {
  const grid = gridOf('axes: { depth: [1, 2, 3, 4], width: [1, 2, 4, 8] }\nsearch: sobol\ntrials: 16');
  assert.equal(new Set(trials(grid).map(({ trialId }) => trialId)).size, 16);
});

test('a continuous range covers its ends fairly: the mean of many draws is the middle', () => {
  const axis: ContinuousAxis = {
    kind: 'continuous',
    parameter: 'damping',
    min: 2,
    max: 4,
    scale: 'linear',
    integer: false,
  };
  const spec: SweepSpec = { ...specOf('axes: { depth: [1] }'), axes: [axis], search: { kind: 'sobol', points: 1024 } };
  const mean =
    trials(createGrid(spec, exampleExperiment)).reduce((sum, { params }) => sum + Number(params['damping']), 0) / 1024;
  assert.ok(Math.abs(mean - 3) < 1e-3);
});

test('a grid finds the trials of another one that it plans too, and no others', () => {
  const body = 'axes: { width: [8, 16, 32], damping: [0, 0.1] }\nrepeats: 2\n';
  const changed = 'axes: { damping: [0.1, 1], width: [32, 64, 8], depth: [1, 3] }\nrepeats: 3\norder: shuffled\n';
  const [before, after] = [gridOf(body), gridOf(changed)];
  const ids = new Map(trials(after).map(({ trialId, index }) => [trialId, index]));
  const located = trials(before).map((trial) => after.locate(trial));
  assert.deepEqual(
    located,
    trials(before).map(({ trialId }) => ids.get(trialId)),
  );
  assert.equal(located.filter((index) => index !== undefined).length, 4);
});

test('a trial is found among a thousand million in no time', () => {
  const thousand = '{ range: { from: 2, to: 1001 } }';
  const grid = gridOf(`axes: { width: ${thousand}, samples: ${thousand} }\nrepeats: 1000\norder: shuffled`);
  for (const index of [0, 1, 999_999_999, 123_456_789]) assert.equal(grid.locate(grid.trial(index)), index);
  const elsewhere = { ...grid.trial(5), seed: 1000 };
  assert.equal(grid.locate(elsewhere), undefined);
});
