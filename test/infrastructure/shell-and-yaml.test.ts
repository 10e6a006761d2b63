import assert from 'node:assert/strict';
import { globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

import { missing, root, run } from './tools.ts';

test('shellcheck has nothing to say about the shell scripts, and all can be executed', (t) => {
  const reason = missing('shellcheck', 'shellcheck');
  if (reason !== undefined) return t.skip(reason);
  const scripts = globSync('infra/**/*.{sh,sbatch}', { cwd: root });
  assert.ok(scripts.length >= 3);
  const { status, output } = run('shellcheck', scripts);
  assert.equal(status, 0, output);
  for (const script of scripts.filter((file) => file.endsWith('.sh'))) {
    assert.ok(statSync(resolve(root, script)).mode & 0o111, script);
  }
});

test('yamllint has nothing to say about the YAML files', (t) => {
  const reason = missing('yamllint', 'yamllint');
  if (reason !== undefined) return t.skip(reason);
  const files = globSync('infra/{compose,grafana,prometheus}/**/*.yml', { cwd: root });
  assert.ok(files.length >= 6);
  const rules =
    '{extends: default, rules: {line-length: {max: 130}, document-start: disable, braces: {max-spaces-inside: 1}}}';
  const { status, output } = run('yamllint', ['--strict', '-d', rules, ...files]);
  assert.equal(status, 0, output);
});
