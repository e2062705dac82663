import { defineConfig } from 'oxlint'
import { importOverrides } from './scripts/lint/importRules.ts'

const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/test/**', 'e2e/**', 'bench/**', 'packages/testkit/**']
const noModuleMocks = 'Pass a fake in through `deps`: a mocked module proves nothing about the real one.'

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node', 'vitest'],
  options: {
    typeAware: true,
    denyWarnings: true,
    reportUnusedDisableDirectives: 'error',
    respectEslintDisableDirectives: false,
  },
  categories: { correctness: 'error' },
  ignorePatterns: [
    '**/dist/**',
    '**/.next/**',
    'apps/web/next-env.d.ts',
    '**/node_modules/**',
    '.toolchain/**',
    '.errand/**',
  ],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
    'typescript/consistent-type-imports': [
      'error',
      { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
    ],
    'node/no-process-env': 'error',
    'no-console': 'error',
    'no-empty': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    eqeqeq: 'error',
    'max-lines': ['error', { max: 400 }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    'vitest/no-focused-tests': 'error',
    'vitest/no-disabled-tests': 'error',
    'vitest/no-restricted-vi-methods': [
      'error',
      { mock: noModuleMocks, doMock: noModuleMocks, hoisted: noModuleMocks },
    ],
    // `...['--bind', from, to]` keeps the words of a command line that belong together on one line.
    // Rules of an agent's tool policy say `then: ask`; it is a word and no function, so an await takes no notice of it.
    'unicorn/no-thenable': 'off',
    'unicorn/no-useless-spread': 'off',
    // Tables of cases and shared contract suites: their titles are variables, their assertions sit in functions.
    'vitest/valid-title': 'off',
    // The second argument says what was there when it fails.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'vitest/expect-expect': 'off',
    'vitest/no-standalone-expect': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/no-conditional-tests': 'off',
    'vitest/valid-describe-callback': 'off',
    'vitest/require-mock-type-parameters': 'off',
  },
  overrides: [
    ...importOverrides(),
    { files: ['**/config.ts', 'vitest.*.ts', 'scripts/**', ...TESTS], rules: { 'node/no-process-env': 'off' } },
    { files: ['apps/cli/output.ts', 'scripts/**', '.ci/**', 'bench/**'], rules: { 'no-console': 'off' } },
    {
      files: ['apps/web/**/*.tsx'],
      rules: { 'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }] },
    },
    { files: TESTS, rules: { 'max-lines-per-function': 'off' } },
    // Next finds its pages by their default export.
    {
      files: ['*.config.ts', '**/*.config.{ts,mjs}', 'apps/web/app/**', 'apps/web/proxy.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
  ],
})
