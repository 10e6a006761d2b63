import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from './yaml-source.ts';

function refusal(text: string): string {
  const result = parseYaml(text, 'f.yaml');
  assert.equal(result.ok, false, text.slice(0, 40));
  return result.ok ? '' : result.problems[0]!.message;
}

test('size, depth and aliases are bounded before anything expands', () => {
  assert.match(refusal('#'.repeat(2 ** 20 + 1)), /at most 1048576 bytes, this one has 1048577/);
  const deep = ['[', '{a: ', '- ', '? ', ': '].map((unit) => unit.repeat(200_000));
  const indented = Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
  for (const text of [...deep, indented]) assert.match(refusal(text), /nested at most 12 levels/);
  assert.match(refusal('a:\n b:\n  c:\n   d:\n    e: [[[[[[[[[1]]]]]]]]]'), /nested more than 12 levels/);
  assert.match(refusal(`a: &a [1]\nb: [${'*a, '.repeat(33)}]`), /more than 32 of them/);
  const laughs = ['a0: &a0 [x, x]', ...Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)];
  assert.match(refusal(laughs.join('\n')), /more than 32 of them/);
});

test('merge keys, prototype keys, custom tags, duplicate keys, directives and second documents are refused', () => {
  assert.match(refusal('<<: {a: 1}'), /not allowed/);
  for (const key of ['__proto__', 'constructor', 'prototype'])
    assert.match(refusal(`a: [{ ${key}: 1 }]`), /not allowed/);
  assert.match(refusal('a: !!js/function "x"'), /Unresolved tag/);
  assert.match(refusal('a: !!binary aGk='), /Unresolved tag/);
  assert.match(refusal('a: 1\na: 2'), /must be unique/);
  assert.match(refusal('%YAML 1.1\n---\na: yes'), /YAML 1.2/);
  assert.match(refusal('a: 1\n---\na: 2'), /multiple documents$/);
  assert.match(refusal('? [a]\n: 1'), /keys must be strings/);
});

test('scalars follow YAML 1.2: yes, on and 0o are what they say', () => {
  const result = parseYaml('a: [yes, on, 1e-6, 0x10, 0o10, true, ~, 12:30:45]', 'f.yaml');
  assert.deepEqual(result.ok && result.source.value, { a: ['yes', 'on', 1e-6, 16, 8, true, null, '12:30:45'] });
});

test('problems are placed at keys, values, list items, inside quotes, or at the nearest parent', () => {
  const result = parseYaml('a: 1\nb:\n  c: [x, yy]\n  d: "lo > 1"\n', 'f.yaml');
  assert.ok(result.ok);
  const place = (path: (string | number)[], at?: 'key' | 'value', offset?: number) => {
    const { line, column } = result.source.problem(path, { message: 'm', offset: offset ?? 0 }, at);
    return [line, column];
  };
  assert.deepEqual(place(['b', 'c'], 'key'), [3, 3]);
  assert.deepEqual(place(['b', 'c']), [3, 6]);
  assert.deepEqual(place(['b', 'c', 1]), [3, 10]);
  assert.deepEqual(place(['b', 'd'], 'value', 3), [4, 10]);
  assert.deepEqual(place(['b', 'nowhere', 'deep']), [3, 3]);
  assert.deepEqual(place([]), [1, 1]);
});
