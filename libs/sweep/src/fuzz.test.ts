import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exampleExperiment } from '../testing/example-experiment.ts';
import { createGrid } from './grid.ts';
import { parseSweepSpec } from './parse-spec.ts';
import { formatProblem } from './problem.ts';
import { readSweepSpec } from './read-spec.ts';

const sound = `name: fuzzed
experiment: wide-training
axes:
  depth: [3, 4]
  width: { logspace: [16, 64, 3] }
  damping: { values: [0, 1e-6], when: "approximation != 'exact'" }
  approximation: [exact, kfac]
where: ["width > 16 || depth == 3"]
zip: []
repeats: 2
order: shuffled
objective: { metric: deviation, goal: minimize }
limits: { maxAttempts: 2 }
sizes: { smallest: { repeats: 1 }, paper: { axes: { width: [4096] } } }
`;

/** A text is accepted, and then is read again as it travels and has a working grid, or refused with placed problems; nothing is thrown. */
function check(text: string): void {
  const result = parseSweepSpec(text, { file: 'f.yaml', experiments: [exampleExperiment] });
  if (!result.ok) {
    assert.ok(result.problems.length > 0 && result.problems.length <= 21);
    for (const problem of result.problems) {
      assert.ok(problem.line >= 1 && problem.column >= 1 && problem.message !== '', JSON.stringify(problem));
      assert.ok(!formatProblem(problem).includes('undefined'), formatProblem(problem));
    }
    return;
  }
  assert.deepEqual(readSweepSpec(JSON.stringify(result.spec)), JSON.parse(JSON.stringify(result.spec)));
  const grid = createGrid(result.spec, exampleExperiment);
  assert.ok(grid.size >= 1);
  assert.ok(exampleExperiment.parameters.safeParse(grid.trial(grid.size - 1).params).success);
  assert.equal(Object.getPrototypeOf(result.spec.fixed), Object.prototype);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
}

const snippet = fc.constantFrom(
  ...[
    '[',
    ']',
    '{',
    '}',
    ':',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '"',
    "'",
    '&a ',
    '*a',
    '!!js ',
    '<<: *a',
    '|',
    '>',
    '#',
    '?',
    '%',
    '\t',
  ],
  ...[
    '.inf',
    '.nan',
    '1e999',
    '-1',
    '0x1f',
    '~',
    'null',
    'true',
    '9007199254740993',
    '1e-400',
    '__proto__',
    'constructor',
  ],
  ...[
    'values',
    'linspace',
    'min',
    'max',
    'when',
    'search: sobol',
    'trials: 3',
    'depth',
    'width',
    'paper',
    'é',
    '\u0000',
    '\ud83d\ude00',
  ],
);
const edit = fc.tuple(fc.nat(sound.length), fc.nat(8), fc.oneof(snippet, fc.string({ maxLength: 6 })));
const edited = fc
  .array(edit, { minLength: 1, maxLength: 4 })
  .map((edits) =>
    edits.reduce((text, [at, remove, insert]) => text.slice(0, at) + insert + text.slice(at + remove), sound),
  );
const key = fc.constantFrom(
  'name',
  'axes',
  'fixed',
  'where',
  'zip',
  'sizes',
  'limits',
  'repeats',
  'depth',
  'width',
  'values',
  'x',
  '__proto__',
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(fc.double(), fc.string({ maxLength: 5 }), fc.boolean(), fc.constant(null), fc.integer()),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}));

test('the sound file is sound', () => {
  assert.equal(parseSweepSpec(sound, { file: 'f.yaml', experiments: [exampleExperiment] }).ok, true);
});

test('edited sweep files are accepted with a grid or refused with a place (6,000 cases)', () => {
  fc.assert(fc.property(edited, check), { numRuns: 6000 });
});

test('files of any structure (3,000 cases)', () => {
  const file = fc.dictionary(key, tree, { maxKeys: 6 });
  const text = file.map((value) => JSON.stringify({ name: 'a', experiment: 'wide-training', ...value }));
  fc.assert(fc.property(text, check), { numRuns: 3000 });
});

test('any text (3,000 cases)', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(snippet, { maxLength: 30 }).map((s) => s.join('')),
  );
  fc.assert(fc.property(text, check), { numRuns: 3000 });
});
