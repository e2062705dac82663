import { defineConfig } from 'oxfmt'

export default defineConfig({
  printWidth: 120,
  semi: false,
  singleQuote: true,
  jsxSingleQuote: false,
  trailingComma: 'all',
  arrowParens: 'always',
  quoteProps: 'as-needed',
  sortPackageJson: false,
  // Generated, vendored, or read by people in the shape their author gave them.
  ignorePatterns: [
    'pnpm-lock.yaml',
    '**/package-lock.json',
    '**/dist/**',
    'packages/store/migrations/**',
    '**/*.md',
    // Templates: YAML only once Helm has filled them.
    'deploy/chart/templates/**',
    'LICENSE',
  ],
})
