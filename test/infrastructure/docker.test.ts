import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { test } from 'node:test';

import { root } from './tools.ts';

const files = globSync('infra/docker/*.Dockerfile', { cwd: root });

/** Instructions with their arguments, continuation lines joined. */
function instructions(file: string): [name: string, rest: string][] {
  const text = readFileSync(resolve(root, file), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', ...rest] = line.split(' ');
      return [name, rest.join(' ')];
    });
}

test('what images copy and start is in the repository, and let in by the ignore file beside the Dockerfile', () => {
  assert.equal(files.length, 2);
  for (const file of files) {
    const letIn = readFileSync(resolve(root, `${file}.dockerignore`), 'utf8').split('\n');
    for (const [name, rest] of instructions(file)) {
      if (name === 'COPY' && !rest.startsWith('--from')) {
        for (const source of rest.split(' ').slice(0, -1)) {
          assert.ok(existsSync(resolve(root, source)), `${file}: ${source}`);
          assert.ok(letIn.includes(`!${source}`), `${basename(file)}.dockerignore: ${source}`);
        }
      }
      if (name === 'CMD' || name === 'ENTRYPOINT') {
        const words = JSON.parse(rest) as string[];
        for (const word of words.filter((part) => part.startsWith('apps/')))
          assert.ok(existsSync(resolve(root, word)), word);
      }
    }
  }
});

test('images run as an ordinary user, install exactly what is locked, and base on named versions', () => {
  for (const file of files) {
    const all = instructions(file);
    assert.equal(all.findLast(([name]) => name === 'USER')?.[1], '10001', file);
    assert.ok(
      all.some(([name, rest]) => name === 'RUN' && /npm ci --omit=dev/.test(rest)),
      file,
    );
    for (const [name, rest] of all) {
      if (name === 'FROM' && !rest.includes('${')) assert.match(rest, /^[a-z/]+:[\w.-]+( AS \w+)?$/, file);
    }
  }
});

test('every workspace has its package.json copied: npm ci refuses to run without', () => {
  const { workspaces } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  for (const file of files) {
    const copied = instructions(file).flatMap(([name, rest]) => (name === 'COPY' ? rest.split(' ').slice(0, -1) : []));
    for (const workspace of workspaces) {
      const folder = workspace.replace('/*', '');
      assert.ok(copied.includes(folder) || copied.includes(`${folder}/package.json`), `${file}: ${workspace}`);
    }
  }
});
