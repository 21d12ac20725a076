import { defineConfig } from 'eslint/config';
import baseConfig from './.config/eslint.config.mjs';

/** Rules that need types: promises that nobody waits for, values that are not what they are taken for. */
const typeAware = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/no-base-to-string': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/restrict-plus-operands': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

export default defineConfig([
  {
    ignores: [
      '**/logs',
      '**/*.log',
      '**/npm-debug.log*',
      '**/yarn-debug.log*',
      '**/yarn-error.log*',
      '**/.pnpm-debug.log*',
      '**/node_modules/',
      '.yarn/cache',
      '.yarn/unplugged',
      '.yarn/build-state.yml',
      '.yarn/install-state.gz',
      '**/.pnp.*',
      '**/pids',
      '**/*.pid',
      '**/*.seed',
      '**/*.pid.lock',
      '**/lib-cov',
      '**/coverage',
      '**/dist/',
      '**/artifacts/',
      '**/ci/',
      // Scaffolded by @grafana/create-plugin and not ours to edit.
      '.config/',
      'test-results/',
      'playwright-report/',
      'blob-report/',
      'playwright/.cache/',
      'playwright/.auth/',
      '**/.idea',
      '**/.eslintcache',
    ],
  },
  ...baseConfig,
  {
    name: 'llm-cost/everywhere',
    files: ['**/*.{ts,tsx}'],
    rules: {
      // A switch over a union is one decision; a default (`??`) counts as one too, hence not less.
      complexity: ['error', { max: 15, variant: 'modified' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a list of names and its union type.' },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    name: 'llm-cost/plugin',
    files: ['src/**/*.{ts,tsx}'],
    rules: { ...typeAware, '@typescript-eslint/no-deprecated': 'error', 'no-console': 'error' },
  },
  {
    name: 'llm-cost/collector',
    files: ['backend/**/*.ts', 'src/query/**/*.ts', 'scripts/**/*.ts', 'tests/{integration,repository,bench}/**/*.ts'],
    languageOptions: { parserOptions: { project: './backend/tsconfig.json' } },
    rules: { ...typeAware, '@typescript-eslint/no-deprecated': 'error', 'no-console': 'error' },
  },
  {
    name: 'llm-cost/end-to-end',
    files: ['tests/e2e/**/*.ts', 'playwright.config.ts'],
    languageOptions: { parserOptions: { project: './tests/e2e/tsconfig.json' } },
    rules: { ...typeAware, 'no-console': 'error' },
  },
  {
    name: 'llm-cost/tests',
    files: ['**/*.test.{ts,tsx}'],
    // Jest's own matchers are untyped.
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    name: 'llm-cost/prints-to-the-terminal',
    files: ['backend/cli/**/*.ts', 'scripts/**/*.ts', 'tests/bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
]);
