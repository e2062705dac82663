import { defineConfig } from 'vitest/config'

/** The same scenarios on two executors; the rest of `e2e/local` is about processes and folders of this machine. */
const ON_EVERY_EXECUTOR = ['firstTask', 'work', 'talk', 'hostileRepository', 'badInput', 'sameFold', 'mcp', 'mcpMemory']

const SUITES: Readonly<Record<string, readonly string[]>> = {
  local: ['e2e/*.test.ts', 'e2e/local/**/*.test.ts'],
  web: ['e2e/web/**/*.test.ts'],
  installed: ['e2e/installed/**/*.test.ts'],
  cluster: [
    'e2e/cluster/**/*.test.ts',
    // A person's browser, too, must not care where a run lives.
    'e2e/web/mainJob.test.ts',
    ...ON_EVERY_EXECUTOR.map((name) => `e2e/local/${name}.test.ts`),
  ],
}

/** Whole-system scenarios, one at a time: each owns this machine's sandboxes while it runs. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: [...(SUITES[process.env['ERRAND_E2E_SUITE'] ?? 'local'] ?? [])],
    exclude: ['**/node_modules/**'],
    globalSetup: 'e2e/harness/globalSetup.ts',
    passWithNoTests: true,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
