import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exampleExperiment } from '../testing/example-experiment.ts';
import { ExpressionError } from './expression-error.ts';
import { parseConditions } from './expression.ts';
import { parameterTypes } from './parameter-type.ts';

const types = parameterTypes(exampleExperiment);
const params = exampleExperiment.parameters.parse({ depth: 4, width: 1024, damping: 1e-6, approximation: 'kfac' });
const holds = (text: string) => parseConditions(text, types).every((condition) => condition.holds(params));

test('the language: comparison, boolean, arithmetic, lists, functions, choice', () => {
  const truths = [
    'depth == 4',
    'depth != 3 && width >= 1024',
    '!(depth < 4) || false',
    'width / 256 % 3 == 1',
    '-depth + 5 * 2 - 1 == 5',
    "approximation in ['kfac', 'exact']",
    'depth in [1, 2, 4]',
    'log10(damping) < -5.9 && sqrt(width) == 32 && abs(-depth) == 4',
    'min(depth, width, 7) == 4 && max(1, depth) == 4',
    'depth > 3 ? width > 512 : width > 2048',
    'bias == false && !bias',
    "approximation == 'kfac' || depth / 0 > 1",
  ];
  for (const text of truths) assert.equal(holds(text), true, text);
  for (const text of truths) assert.equal(holds(`!(${text})`), false, text);
});

test('top-level conjuncts come apart, each with the parameters that it reads', () => {
  const conditions = parseConditions("depth > 3 && (width > 1 || damping == 0) && approximation != 'exact'", types);
  assert.deepEqual(
    conditions.map(({ names }) => [...names]),
    [['depth'], ['width', 'damping'], ['approximation']],
  );
  assert.equal(conditions[1]!.text, '(width > 1) || (damping == 0)');
});

test('what is wrong is said, with its place and the nearest valid word', () => {
  const faults: readonly [string, RegExp, number, string?][] = [
    ['dpth > 3', /dpth is not a parameter/, 0, 'depth'],
    ["depth > 3 && approximaton == 'exact'", /approximaton is not a parameter/, 13, 'approximation'],
    ["approximation == 'kfacc'", /is never 'kfacc'/, 17, 'kfac'],
    ["approximation in ['exact', 'diagonal']", /is never 'diagonal'/, 27],
    ['depth == 0', /depth is never 0: expected a number of at least 1/, 9],
    ['approximation == kfac', /is written 'kfac', in quotes/, 17],
    ["approximation > 'a'", /> needs a number, not a string/, 14],
    ['depth', /true or false, this is a number/, 0],
    ['depth === 3', /operator === is not part/, 6, '=='],
    ['depth and width', /join several with && \(and\)/, 0],
    ['depth > ', /not an expression/, 8],
    ['depth > 3 && (', /not an expression/, 14],
    ['lgo10(damping) > 3', /lgo10 is not a function/, 0, 'log10'],
    ['abs(1, 2) > 3', /abs takes 1 numbers/, 0],
    ['depth in 4', /needs a list/, 6],
    ['depth in [width]', /a list holds/, 9],
    ['depth > null', /null is not a number/, 8],
    ['depth > 1e999', /is not finite/, 8],
    ['seed > 1', /seed is not a parameter/, 0],
  ];
  for (const [text, message, offset, suggestion] of faults) {
    assert.throws(
      () => parseConditions(text, types),
      (error) => {
        assert.ok(error instanceof ExpressionError, text);
        assert.match(error.message, message);
        assert.deepEqual([error.offset, error.suggestion], [offset, suggestion], text);
        return true;
      },
    );
  }
});

test('nothing reaches beyond parameters: members, calls, prototypes and assignments are no part of the language', () => {
  const attempts = [
    'constructor',
    '__proto__ == 1',
    'depth.constructor == 1',
    'depth["constructor"] == 1',
    'toString() == 1',
    'constructor("return process")() == 1',
    'process.exit(1) == 1',
    'this == 1',
    'depth = 3',
    'depth; width',
    '`x` == 1',
    'valueOf(1) > 0',
    'depth >>> 1 == 2',
    '/a/ == 1',
    '(() => 1)() == 1',
  ];
  for (const text of attempts) assert.throws(() => parseConditions(text, types), ExpressionError, text);
});

test('length and depth are bounded', () => {
  const deep = [
    `${'('.repeat(400)}depth${')'.repeat(400)} > 1`,
    `${'!'.repeat(900)}bias`,
    `${'- '.repeat(450)}depth > 1`,
  ];
  for (const text of [...deep, `depth > ${'1'.repeat(1000)}`, `${'bias ? '.repeat(140)}`]) {
    assert.throws(() => parseConditions(text, types), ExpressionError);
  }
});

test('any text either is a condition or is refused with an ExpressionError (4,000 cases)', () => {
  const token = fc.constantFrom(
    ...[
      'depth',
      'width',
      'approximation',
      "'kfac'",
      '3',
      '0.5',
      '&&',
      '||',
      '!',
      '==',
      '<',
      '+',
      '-',
      '(',
      ')',
      '[',
      ']',
    ],
    ...[',', 'in', '?', ':', 'min', 'abs', '.', '"', "'", 'true', 'bias', '=>', '{', '}', '`', ';', '\\', 'é'],
  );
  const text = fc.oneof(
    fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(' ')),
    fc.string({ maxLength: 60 }),
  );
  fc.assert(
    fc.property(text, (source) => {
      try {
        for (const condition of parseConditions(source, types)) assert.equal(typeof condition.holds(params), 'boolean');
      } catch (error) {
        assert.ok(error instanceof ExpressionError, `${source}: ${String(error)}`);
        assert.ok(error.offset >= 0 && error.offset <= source.length, source);
      }
    }),
    { numRuns: 4000 },
  );
});
