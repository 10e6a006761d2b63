// Few rules, each catching a real fault. Formatting is Prettier's; types are the compiler's.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Every rank a project of rank n may import: strictly lower ones, never sideways. */
const below = (n) => Array.from({ length: n }, (_, rank) => `rank:${rank}`);
const ranks = [0, 1, 2, 3, 4, 5].map((n) => ({ sourceTag: `rank:${n}`, onlyDependOnLibsWithTags: below(n) }));

/** Who may import whom by column (design.md, section 1). The worker is the one place where the columns meet. */
const columns = [
  { sourceTag: 'column:shared', onlyDependOnLibsWithTags: ['column:shared'] },
  { sourceTag: 'column:science', onlyDependOnLibsWithTags: ['column:science', 'column:shared'] },
  { sourceTag: 'column:platform', onlyDependOnLibsWithTags: ['column:platform', 'column:shared'] },
  { sourceTag: 'column:control', onlyDependOnLibsWithTags: ['column:platform', 'column:shared'] },
  { sourceTag: 'column:compute', onlyDependOnLibsWithTags: ['column:science', 'column:platform', 'column:shared'] },
  { sourceTag: 'column:test', onlyDependOnLibsWithTags: ['column:science', 'column:platform', 'column:shared'] },
];

/** Each heavy dependency has one home; everyone else goes through that library. */
const homes = {
  queue: ['bullmq', 'ioredis'],
  koffi: ['koffi'],
  tensorflow: ['@tensorflow/*'],
  sql: ['kysely', 'pg', '@duckdb/*', 'node:sqlite'],
};
const vendors = Object.keys(homes).map((vendor) => ({
  sourceTag: `vendor:${vendor}`,
  bannedExternalImports: Object.keys(homes)
    .filter((other) => other !== vendor)
    .flatMap((other) => homes[other]),
}));
const noVendor = { sourceTag: 'vendor:none', bannedExternalImports: Object.values(homes).flat() };

export default [
  { ignores: ['**/node_modules/**', '.nx/**', '**/*.json'] },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: `${import.meta.dirname}/tsconfig.json` },
    },
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: [], banTransitiveDependencies: true, depConstraints: [...ranks, ...columns, ...vendors, noVendor] },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // node:test returns promises that the runner awaits by itself
    files: ['**/*.test.ts', 'test/**/*.ts', '**/conformance.ts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off' },
  },
];
