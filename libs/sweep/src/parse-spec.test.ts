import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf, specOf } from '../testing/parse.ts';

const file = `name: damping-against-depth
experiment: wide-training
axes:
  depth: [3, 4]
  width: [256, 1024]
  damping: { logspace: [1e-6, 1, 7], when: "approximation != 'gradient-descent'" }
  approximation: [gradient-descent, exact, block-diagonal]
fixed: { samples: 100 }
where: "width > 256 || depth == 3"
repeats: 3
objective: { metric: trainLossFinal, goal: minimize }
sizes:
  smallest: { axes: { width: [16, 32] }, repeats: 1 }
  paper: { fixed: { width: 4096 }, limits: { trialTimeoutSeconds: 3600 } }
`;
const edited = (from: string, to: string) => problemsOf(file.replace(from, to));

test('a sound file becomes a spec with its defaults filled in', () => {
  assert.deepEqual(problemsOf(file), []);
  const spec = specOf('axes: { depth: [3, 4] }');
  assert.deepEqual(spec, {
    name: 'example',
    description: '',
    experiment: 'wide-training',
    experimentVersion: 1,
    size: 'small',
    axes: [{ kind: 'discrete', parameter: 'depth', values: [3, 4] }],
    zip: [],
    fixed: {},
    where: [],
    repeats: 1,
    seed: 0,
    order: 'grid',
    search: { kind: 'grid' },
    objective: null,
    limits: { maxAttempts: 3, trialTimeoutSeconds: 600, pauseAfterFailures: 20 },
    priority: 0,
    weight: 1,
    reuse: false,
  });
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
});

test('a size replaces axes, moves parameters between axes and fixed, and names the sweep', () => {
  const body = file.split('\n').slice(2).join('\n');
  const smallest = specOf(body, { size: 'smallest' });
  assert.equal(smallest.name, 'example-smallest');
  assert.equal(smallest.repeats, 1);
  const width = smallest.axes.find(({ parameter }) => parameter === 'width');
  assert.deepEqual(width, { kind: 'discrete', parameter: 'width', values: [16, 32] });
  const paper = specOf(body, { size: 'paper', name: 'mine' });
  assert.equal(paper.name, 'mine');
  assert.deepEqual(paper.fixed, { samples: 100, width: 4096 });
  assert.ok(!paper.axes.some(({ parameter }) => parameter === 'width'));
  assert.equal(paper.limits.trialTimeoutSeconds, 3600);
  assert.equal(paper.limits.maxAttempts, 3);
});

test('each kind of bad input gets one message with file, line, column, key and the nearest valid key', () => {
  const cases: readonly [string, string, string][] = [
    ['  damping:', '  dampng:', 'sweep.yaml:6:3: axes.dampng: unknown parameter; did you mean damping?'],
    [
      'fixed: { samples',
      'fixed: { sampels',
      'sweep.yaml:8:10: fixed.sampels: unknown parameter; did you mean samples?',
    ],
    ['[256, 1024]', '[0, 1024]', 'sweep.yaml:5:11: axes.width[0]: expected a number of at least 1, not 0'],
    ['[256, 1024]', '[256.5]', 'sweep.yaml:5:11: axes.width[0]: expected a whole number, not 256.5'],
    ['[256, 1024]', '["256"]', 'sweep.yaml:5:11: axes.width[0]: expected a finite number, not "256"'],
    ['[256, 1024]', '[]', 'sweep.yaml:5:10: axes.width: expected at least one value, not an empty list'],
    [
      '[256, 1024]',
      '[256, 256]',
      'sweep.yaml:5:16: axes.width[1]: 256 stands twice on this axis (already at position 1)',
    ],
    [
      '[1e-6, 1, 7]',
      '[1e-6, .inf, 7]',
      'sweep.yaml:6:31: axes.damping.logspace[1]: expected a finite number, not Infinity',
    ],
    [
      'samples: 100',
      'samples: 100, damping: 1',
      'sweep.yaml:8:24: fixed.damping: is both an axis and fixed; remove one',
    ],
    [
      'block-diagonal]',
      'block-diagnal]',
      'sweep.yaml:7:44: axes.approximation[2]: "block-diagnal" is not one of gradient-descent, exact, block-diagonal, ' +
        'block-tridiagonal, kfac; did you mean block-diagonal?',
    ],
    [
      'wide-training',
      'wide-trainign',
      'sweep.yaml:2:13: experiment: there is no experiment wide-trainign; did you mean wide-training?',
    ],
    ['repeats: 3', 'repeats: 0', 'sweep.yaml:10:10: repeats: expected a number of at least 1, not 0'],
    ["!= 'gradient", "!= 'gradnt", ''],
    [
      'width > 256',
      'widht > 256',
      'sweep.yaml:9:8: where: widht is not a parameter of this experiment; did you mean width?',
    ],
    [
      'minimize }',
      'minimise }',
      'sweep.yaml:11:44: objective.goal: "minimise" is not one of minimize, maximize; did you mean minimize?',
    ],
    [
      'trainLossFinal',
      'trainLosFinal',
      'sweep.yaml:11:22: objective.metric: wide-training reports no metric trainLosFinal; it reports trainLossFinal, deviation; did you mean trainLossFinal?',
    ],
    ['width: 4096', 'widht: 4096', 'sweep.yaml:14:21: sizes.paper.fixed.widht: unknown parameter; did you mean width?'],
    ['width: 4096', 'width: 0', 'sweep.yaml:14:28: sizes.paper.fixed.width: expected a number of at least 1, not 0'],
    ['width > 256 || depth == 3', 'depth > 7', 'sweep.yaml:9:8: where: no point meets "depth > 7"'],
    ['name: damping', 'name: Damping', ''],
    ['axes:', 'axis:', ''],
  ];
  for (const [from, to, expected] of cases) {
    const problems = edited(from, to);
    assert.ok(problems.length >= 1, to);
    if (expected !== '') assert.deepEqual(problems, [expected]);
  }
  assert.match(edited('axes:', 'axis:')[0]!, /^sweep\.yaml:3:1: axis: unknown key; .*did you mean axes\?$/);
  assert.match(edited('name: damping', 'name: Damping')[0]!, /^sweep\.yaml:1:7: name: a name starts with a lower-case/);
  assert.match(
    edited("!= 'gradient", "!= 'gradnt")[0]!,
    /^sweep\.yaml:6:62: axes\.damping\.when: approximation is never/,
  );
});

test('negative and non-finite values are refused wherever they stand', () => {
  assert.match(edited('{ samples: 100 }', '{ activation: .nan }')[0]!, /fixed\.activation: .*not NaN/);
  assert.match(
    edited('{ logspace: [1e-6, 1, 7],', '{ values: [-1e-6],')[0]!,
    /axes\.damping\.values\[0\]: expected .* not -0.000001/,
  );
  assert.match(
    edited('{ logspace: [1e-6, 1, 7],', '{ values: [-.inf],')[0]!,
    /axes\.damping\.values\[0\]: expected a finite number/,
  );
  assert.match(
    edited('{ logspace: [1e-6, 1, 7],', '{ linspace: [-1, 1, 3],')[0]!,
    /axes\.damping: the value -1: expected/,
  );
});

test('axis forms, zips, conditions and searches that contradict themselves are refused', () => {
  const head = 'name: a\nexperiment: wide-training\n';
  const cases: readonly [string, RegExp][] = [
    ['axes: { depth: 3 }', /axes\.depth: expected a list of values or one of/],
    ['axes: { depth: { values: [3], linspace: [1, 2, 2] } }', /expected exactly one of values, linspace/],
    ['axes: { depth: {} }', /expected exactly one of/],
    ['axes: { seed: [1, 2] }', /axes\.seed: seeds are not a parameter; give repeats/],
    ['axes: { width: { range: { from: 1, to: 1e9 } } }', /a range of 1000000000 values/],
    ['axes: { width: { range: { from: 3, to: 1 } } }', /an axis needs at least one value/],
    ['axes: { damping: { min: 0, max: 1 } }', /a continuous range needs search: random or sobol/],
    [
      'axes: { damping: { min: 0, max: 1, scale: log } }\nsearch: random\ntrials: 4',
      /a log scale needs a positive min/,
    ],
    ['axes: { damping: { min: 0, max: 1 } }\nsearch: random', /search: search: random needs trials/],
    ['axes: { depth: [1] }\ntrials: 4', /trials: a grid has as many points/],
    ['axes: { depth: [1, 2], width: [1, 2, 3] }\nzip: [[depth, width]]', /depth has 2, width has 3/],
    [
      'axes: { depth: [1, 2, 1], width: [8, 8, 8] }\nzip: [[depth, width]]',
      /depth 1, width 8 stands twice in this group/,
    ],
    [
      'axes: { depth: { values: [1, 2], when: "bias" }, width: [1, 2] }\nzip: [[depth, width]]',
      /zip\[0\]: zipped axes are present together and need the same "when"; depth has "bias", width has none/,
    ],
    [
      'axes: { depth: { values: [1, 2], when: "width > 1" }, width: { values: [1, 2], when: "width > 1" } }\nzip: [[depth, width]]',
      /the presence of width cannot depend on width itself/,
    ],
    ['axes: { depth: [1, 2] }\nzip: [[depth, widht]]', /zip\[0\]\[1\]: widht is not an axis/],
    ['axes: { depth: { values: [1, 2], when: "depth > 1" } }', /the presence of depth cannot depend on depth itself/],
    [
      'axes: { depth: { values: [1, 2], when: "width > 1" }, width: { values: [1, 2], when: "depth > 1" } }',
      /depend on each other in a circle/,
    ],
    [
      'axes: { damping: { min: 0, max: 1 } }\nwhere: "damping > 0.5"\nsearch: random\ntrials: 4',
      /damping, which is continuous/,
    ],
    [
      'axes: { depth: [1, 2] }\nsearch: random\ntrials: 3',
      /asks for 3 distinct points, but 192 draws from these axes give only 2/,
    ],
    [
      'axes: { depth: [4, 5], approximation: [exact, block-tridiagonal] }',
      /Lemma 4\.3\) \(at depth 5, approximation block-tridiagonal\)/,
    ],
    ['sizes: { huge: {} }', /sizes\.huge: unknown key; expected one of smallest, small, paper/],
  ];
  for (const [body, message] of cases) {
    const problems = problemsOf(head + body);
    assert.equal(problems.length, 1, `${body}\n${problems.join('\n')}`);
    assert.match(problems[0]!, message);
  }
  assert.match(problemsOf(`${head}axes: {}`, { size: 'paper' })[0]!, /no size paper; it has small/);
});

test('everything wrong is reported at once, in the order of the file', () => {
  const problems = problemsOf(
    file.replace('depth: [3, 4]', 'dpth: [3]').replace('[256, 1024]', '[0]').replace('samples', 'x'),
  );
  assert.deepEqual(
    problems.map((problem) => problem.split(': ').slice(0, 2).join(' ')),
    ['sweep.yaml:4:3 axes.dpth', 'sweep.yaml:5:11 axes.width[0]', 'sweep.yaml:8:10 fixed.x'],
  );
});

test('faults of form, of range and of sense are told together', () => {
  const wrong = `name: example
experiment: wide-training
axes:
  depth: [3, [4]]
  width: [0, 256]
  dampng: [1]
fixed: { samples: none }
where: "widht > 256"
repeats: many
limits: { maxAttempts: 0, trialTimeoutSeconds: 5 }
sizes:
  paper: { axes: { width: { values: [1], wen: x } }, fixed: { samples: -1 } }
`;
  assert.deepEqual(problemsOf(wrong), [
    'sweep.yaml:4:14: axes.depth[1]: expected a finite number, text, true or false, not a list',
    'sweep.yaml:5:11: axes.width[0]: expected a number of at least 1, not 0',
    'sweep.yaml:6:3: axes.dampng: unknown parameter; did you mean damping?',
    'sweep.yaml:7:19: fixed.samples: expected a finite number, not "none"',
    'sweep.yaml:8:8: where: widht is not a parameter of this experiment; did you mean width?',
    'sweep.yaml:9:10: repeats: expected a finite number, not "many"',
    'sweep.yaml:10:24: limits.maxAttempts: expected a number of at least 1, not 0',
    'sweep.yaml:12:42: sizes.paper.axes.width.wen: unknown key; expected one of values, linspace, logspace, range, min, max, scale, when; did you mean when?',
    'sweep.yaml:12:72: sizes.paper.fixed.samples: expected a number of at least 2, not -1',
  ]);
});

test('what was left out of a file with faults makes no faults of its own', () => {
  const cases: readonly [string, readonly RegExp[]][] = [
    ['axes: { depth: [{}], width: [16, 32] }\nzip: [[depth, width]]', [/^sweep.yaml:3:17: axes.depth\[0\]/]],
    ['axes: { damping: { min: 1, max: 2 } }\nsearch: randm\ntrials: 5', [/^sweep.yaml:4:9: search: /]],
    ['axes: { damping: { min: 1, max: 2 } }\nsearch: random\ntrials: 0', [/^sweep.yaml:5:9: trials: /]],
    ['sizes: { paper: { repeats: 0 } }', [/^sweep.yaml:3:28: sizes.paper.repeats/]],
    [
      'axis: { depth: [3] }\nobjective: { metric: 3 }',
      [/^sweep.yaml:3:1: axis: /, /^sweep.yaml:4:22: objective.metric/],
    ],
  ];
  for (const [body, expected] of cases) {
    const problems = problemsOf(`name: example\nexperiment: wide-training\n${body}\n`);
    assert.equal(problems.length, expected.length, problems.join('\n'));
    expected.forEach((pattern, i) => assert.match(problems[i]!, pattern));
  }
});
