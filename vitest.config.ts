import { defineConfig } from 'vitest/config'

const never = ['**/node_modules/**', '**/dist/**', '.toolchain/**']
const integrationTests = ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts']

/** Two rings: pure tests beside the code, and tests with real processes, databases and sockets in `test/` folders. */
export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...never, ...integrationTests],
          pool: 'threads',
          // One module graph for the whole ring: pure code has no state to leak, and it is ten times as fast.
          isolate: false,
          testTimeout: 5_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: integrationTests,
          exclude: never,
          pool: 'forks',
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          globalSetup: 'packages/testkit/globalSetup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
