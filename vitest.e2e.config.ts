import { defineConfig } from 'vitest/config'

const isWeb = process.env['ERRAND_E2E_SUITE'] === 'web'

/** Whole-system scenarios, one at a time: each owns this machine's sandboxes while it runs. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: isWeb ? ['e2e/web/**/*.test.ts'] : ['e2e/**/*.test.ts'],
    exclude: isWeb ? ['**/node_modules/**'] : ['**/node_modules/**', 'e2e/web/**'],
    passWithNoTests: true,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
