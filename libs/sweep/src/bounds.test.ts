import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { exampleExperiment } from '../testing/example-experiment.ts';
import { problemsOf, specOf } from '../testing/parse.ts';
import type { ExperimentContract } from './contract.ts';
import { createGrid } from './grid.ts';
import { readSweepSpec } from './read-spec.ts';
import { maxSpecLength, type SweepSpec } from './spec.ts';
import { maxValueLength } from './sweep-file.ts';

const head = 'name: a\nexperiment: wide-training\n';
const times = (count: number, part: (i: number) => string) => Array.from({ length: count }, (_, i) => part(i));
const only = (body: string, options = {}): string => {
  const problems = problemsOf(head + body, options);
  assert.equal(problems.length, 1, problems.join('\n'));
  return problems[0]!;
};

/** An experiment of parameters that take any text. */
const wordy: ExperimentContract = {
  name: 'wide-training',
  version: 1,
  parameters: z.object(Object.fromEntries(times(8, (i) => `text${i}`).map((name) => [name, z.string().default('')]))),
  structuralParameters: [],
};

test('a grid whose conditions take too long is refused with how many they are and over how much', () => {
  const clauses = times(90, (i) => `"width != ${i + 2} || samples != ${i + 2} || depth != 1"`).join(', ');
  const body = `axes: { width: { range: { from: 1, to: 1000 } }, samples: { range: { from: 2, to: 1001 } }, depth: [1, 2] }`;
  assert.match(
    only(`${body}\nwhere: [${clauses}]`),
    /^sweep.yaml:4:8: where: 90 conditions over 2,000,000 combinations of width, samples, depth take too long to evaluate; use fewer or simpler conditions .* or split the sweep$/,
  );
  const accepted = specOf(`${body.replace('to: 1000 ', 'to: 10 ')}\nwhere: [${clauses}]`);
  assert.equal(createGrid(accepted, exampleExperiment).size, 20_000 - 9);
});

test('of many conditions a message quotes the first', () => {
  const where = `where: [${times(100, (i) => `"width > ${i + 1}"`).join(', ')}]`;
  assert.match(
    only(`axes: { width: [1, 2] }\n${where}`),
    /no point meets "width > 1" and "width > 2" and "width > 3" and 97 more$/,
  );
});

test('what conditions cost is counted whether they stand in where or when, one axis or many', () => {
  const long = `width > ${'0+'.repeat(400)}0`;
  assert.match(
    only(`axes: { width: { range: { from: 1, to: 100000 } } }\nwhere: [${times(9, () => `"${long}"`).join(', ')}]`),
    /9 conditions over 100,000 combinations of width take too long/,
  );
  assert.match(
    only(
      `axes: { width: { range: { from: 1, to: 1000 } }, samples: { range: { from: 2, to: 1001 } }, damping: { values: [0, 1], when: "${long}" } }\nwhere: "width != samples"`,
    ),
    /2 conditions over 2,000,000 combinations of width, samples, damping take too long/,
  );
});

test('a search that goes on drawing the same points, or evaluates long conditions for each, is given up', () => {
  const axes = 'width: { range: { from: 1, to: 1024 } }, samples: { range: { from: 2, to: 1025 } }';
  assert.match(
    only(`axes: { ${axes} }\nsearch: random\ntrials: 1048576`),
    /asks for 1048576 distinct points, but 4194304 draws from these axes give only 10\d+; use fewer, or search: grid/,
  );
  const when = `width > ${'0+'.repeat(400)}0`;
  assert.match(
    only(`axes: { width: [1, 2], damping: { min: 0, max: 1, when: "${when}" } }\nsearch: random\ntrials: 1000000`),
    /trials: 1 condition "when" at 1000000 points takes? too long/,
  );
});

test('of many problems the first twenty are told, and how many more there are', () => {
  const some = problemsOf(`${head}fixed: { ${times(30, (i) => `x${i}: 1`).join(', ')} }`);
  assert.equal(some.length, 21);
  assert.match(some[19]!, /fixed\.x19: unknown parameter/);
  assert.match(some[20]!, /^sweep\.yaml:3:\d+: and 10 more$/);
  const many = problemsOf(`${head}axes: { width: [${'~, '.repeat(50_000)}] }`);
  assert.equal(many.length, 21);
  assert.match(many[20]!, /: and more than \d+ more$/);
});

test('keys, words, conditions and zips of a file are bounded', () => {
  const cases: readonly [string, RegExp][] = [
    [`fixed: { ${times(80_000, (i) => `k${i}: 1`).join(', ')} }`, /at most 1000 keys/],
    [`axes: { ${times(100_000, (i) => `k${i}`).join(', ')} }`, /at most 1000 keys/],
    [`axes:\n${times(1100, (i) => `  k${i}: [1]\n`).join('')}`, /at most 1000 keys/],
    [times(50_000, (i) => `? k${i}\n`).join(''), /at most 1000 keys/],
    [`fixed: { ${'k'.repeat(201)}: 1 }`, /a key has at most 200 characters/],
    [`axes: { width: [${'1, '.repeat(340_000)}] }`, /at most 262144 words, marks and line ends; write long axes as/],
    ['\n'.repeat(1_000_000), /at most 262144 words/],
    [`axes: { width: [${times(10_000, (i) => `&a${i} 1, *a${i}`).join(', ')}] }`, /more than 32 of them/],
    [
      `where: [${times(10_000, () => '"width > 0"').join(', ')}]`,
      /where: expected at most 100 values, not 10000; join conditions with && or \|\|, name .* or split the sweep$/,
    ],
    [`zip: [${times(10_000, () => '[width, depth]').join(', ')}]`, /zip: expected at most 100 values, not 10000/],
    [
      `axes: { width: { range: { from: 1, to: 100000 } }, samples: { range: { from: 2, to: 100001 } }, depth: [1, 2] }`,
      /axes\.depth: with this axis the sweep has 200002 values on its axes, and at most 200000/,
    ],
  ];
  for (const [body, message] of cases) assert.match(only(body), message);
});

test('files of up to a megabyte, of any one thing many times over, are refused with few problems or accepted', () => {
  const unit = fc.constantFrom(
    ...['a: 1\n', '- 1\n', '? a\n', '#\n', 'x, ', '1, ', '~, ', '[1], ', '{a: 1}, ', '"width > 0", ', '&a 1, ', '*a, '],
    ...['width, ', '[width, depth], ', "'", '"', '\\', 'widht: [1], ', '{ linspace: [0, 1, 100000] }, ', '!t 1, ', 'é'],
  );
  const around = fc.constantFrom<[string, string]>(
    ...([
      ['', ''],
      ['axes: { width: [', '] }'],
      ['axes: { ', ' }'],
      ['fixed: {', ' }'],
      ['where: [', ']'],
      ['zip: [', ']'],
      ['x: [', ']'],
      ['sizes: { paper: { axes: {', '} } }'],
      ['description: "', '"'],
    ] as [string, string][]),
  );
  const text = fc
    .tuple(around, unit, fc.integer({ min: 1, max: 200_000 }))
    .map(([[open, close], part, bytes]) => head + open + part.repeat(Math.ceil(bytes / part.length)) + close);
  fc.assert(
    fc.property(text, (file) => {
      const problems = problemsOf(file);
      assert.ok(problems.length <= 21, `${problems.length} problems`);
      for (const problem of problems) assert.ok(problem.length < 1500, problem);
    }),
    { numRuns: 25 },
  );
});

test('a spec longer than a command may be is refused with its length and the longest axis', () => {
  const list = times(700, (i) => `"${String(i).padStart(1200, 'x')}"`).join(', ');
  const axes = times(5, (i) => `text${i}: ${i === 0 ? `&list [${list}]` : '*list'}`).join(', ');
  const zip = `zip: [[${times(5, (i) => `text${i}`).join(', ')}]]`;
  assert.match(
    only(`axes: { ${axes} }\n${zip}`, { experiments: [wordy] }),
    /^sweep\.yaml:3:9: axes\.text0: the sweep is 421\d{4} characters long .* 84\d{4} of them on this axis; at most 4194304 reach the scheduler/,
  );
});

test('what is accepted, texts of the longest values too, is read again as it travels', () => {
  const longest = 'x'.repeat(maxValueLength);
  const experiments = [wordy];
  const spec = specOf(`axes: { text0: [a, "${longest}"] }\nfixed: { text1: "${longest}" }`, { experiments });
  assert.deepEqual(readSweepSpec(JSON.stringify(spec)), spec);
  assert.match(
    only(`fixed: { text1: "${longest}x" }`, { experiments }),
    /fixed\.text1: expected at most 10000 characters/,
  );
  const tooLong: SweepSpec = { ...spec, fixed: { text1: `${longest}x` } };
  assert.throws(() => readSweepSpec(JSON.stringify(tooLong)), /fixed\.text1/);
  assert.throws(() => readSweepSpec(' '.repeat(maxSpecLength + 1)), /has 4194305 characters, and at most 4194304/);
});

test('seeds beyond 2^53, which are not told apart, are refused', () => {
  assert.match(
    only(`seed: ${2 ** 52}\nrepeats: 9000000000000000`),
    /^sweep\.yaml:4:10: repeats: from seed 4503599627370496 on, 9000000000000000 repeats reach beyond 2\^53/,
  );
  const last = specOf(`seed: ${2 ** 52}\nrepeats: ${2 ** 52}`);
  const grid = createGrid(last, exampleExperiment);
  assert.equal(grid.trial(grid.size - 1).seed, Number.MAX_SAFE_INTEGER);
  assert.throws(() => createGrid({ ...last, repeats: 2 ** 52 + 1 }, exampleExperiment), /beyond 2\^53/);
});

test('a trial may take at most a month', () => {
  assert.match(
    only('limits: { trialTimeoutSeconds: 2592001 }'),
    /limits\.trialTimeoutSeconds: .* at most 2592000, not 2592001/,
  );
  const spec = specOf('limits: { trialTimeoutSeconds: 2592000 }');
  const longer = { ...spec, limits: { ...spec.limits, trialTimeoutSeconds: 2_592_001 } };
  assert.throws(() => readSweepSpec(JSON.stringify(longer)), /limits\.trialTimeoutSeconds/);
});
