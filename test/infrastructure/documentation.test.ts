import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';

import { root, run } from './tools.ts';

const pages = ['infra/README.md', 'infra/prometheus/RUNBOOK.md', 'dashboards/README.md'];
const text = (page: string) => readFileSync(resolve(root, page), 'utf8');

test('files that the pages name exist', () => {
  for (const page of pages) {
    for (const [path] of text(page).matchAll(/\b(?:apps|dashboards|infra|libs)\/[\w./*@-]*[\w*]/g)) {
      // the reader makes .env out of its example
      const kept = path.replace(/\.env$/, '.env.example');
      assert.ok(globSync(kept, { cwd: root }).length > 0, `${page}: ${path}`);
    }
  }
});

test('links within the repository lead to a file, and to a heading where they name one', () => {
  for (const page of pages) {
    for (const [, target = ''] of text(page).matchAll(/\]\((?!https?:)([^)]*)\)/g)) {
      const [file = '', heading] = target.split('#');
      const linked = resolve(root, dirname(page), file || page.split('/').at(-1) || '');
      assert.ok(existsSync(linked), `${page}: ${target}`);
      if (heading === undefined) continue;
      const headings = [...readFileSync(linked, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => anchor(title));
      assert.ok(headings.includes(heading), `${page}: ${target}`);
    }
  }
});

test('natsweep knows the commands, and the apps the flags, that the pages tell to type', () => {
  const help = (...args: string[]) => run(process.execPath, [...args, '--help']).stdout;
  const commands = help('apps/cli/bin/natsweep.mjs');
  for (const page of pages) {
    for (const [, command] of text(page).matchAll(
      /natsweep (up|down|launch|watch|status|doctor|pause|resume|retry)\b/g,
    )) {
      assert.match(commands, new RegExp(`^  ${command}\\b`, 'm'), `${page}: ${command}`);
    }
  }
  const flags = { worker: ['--slots', '--drain', '--metrics', '--name'], exporter: ['--listen'] };
  for (const [app, names] of Object.entries(flags)) {
    const known = help(`apps/${app}/src/main.ts`);
    for (const name of names) assert.ok(known.includes(`  ${name} `), `${app}: ${name}`);
  }
});

/** As GitHub makes it: lower case, spaces to hyphens, other marks dropped. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}
