import { defineConfig } from 'vitest/config'

/** Whole-system scenarios, one at a time: each owns this machine's sandboxes while it runs. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['e2e/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    passWithNoTests: true,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
