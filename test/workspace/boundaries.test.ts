import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';

const root = resolve(import.meta.dirname, '../..');
// in CI the TypeScript parser expects one run over the files as they are on disk, and would not see our text
const parserOptions = { disallowAutomaticSingleRunInference: true };
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parserOptions } }],
});

/** What the linter says of `source` if it stood in `file`, an existing file of the workspace. */
async function boundaryErrors(file: string, source: string): Promise<string[]> {
  const [result] = await eslint.lintText(source, { filePath: resolve(root, file) });
  return (result?.messages ?? [])
    .filter((message) => message.ruleId === '@nx/enforce-module-boundaries' || message.fatal)
    .map((message) => message.message);
}

describe('module boundaries', () => {
  before(async () => {
    // the rule reads Nx's cached project graph: make sure that it is today's
    await createProjectGraphAsync();
  });

  const rejected = [
    ['sideways', 'libs/queue/src/index.ts', '@natsweep/results', /rank:1/],
    ['upward', 'libs/linalg-openblas/src/index.ts', '@natsweep/theory', /rank:1/],
    ['from science to platform', 'libs/experiments/src/index.ts', '@natsweep/queue', /column:science/],
    ['from platform to science', 'libs/report/src/index.ts', '@natsweep/linalg', /column:platform/],
    ['from a control app to science', 'apps/cli/src/main.ts', '@natsweep/ngd', /column:control/],
    ['of BullMQ outside its home', 'libs/results/src/index.ts', 'bullmq', /bullmq/],
    ['of koffi outside its home', 'libs/linalg/src/index.ts', 'koffi', /koffi/],
  ] as const;

  for (const [direction, file, target, expected] of rejected) {
    test(`an import ${direction} is rejected`, async () => {
      const errors = await boundaryErrors(file, `export * from '${target}';\n`);
      assert.ok(
        errors.some((error) => expected.test(error)),
        `not rejected as expected: ${errors.join('; ') || 'no error'}`,
      );
    });
  }

  test('an import downward in the same column is accepted', async () => {
    assert.deepEqual(await boundaryErrors('libs/models/src/index.ts', "export * from '@natsweep/linalg';\n"), []);
    assert.deepEqual(await boundaryErrors('libs/queue/src/index.ts', "export * from '@natsweep/sweep';\n"), []);
  });
});
