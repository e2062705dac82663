import { defineConfig } from 'vitest/config'

/** The same scenarios on two executors; the rest of `e2e/local` is about processes and folders of this machine. */
const ON_EVERY_EXECUTOR = ['firstTask', 'work', 'talk', 'hostileRepository', 'badInput', 'sameFold', 'mcp']

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

/** What counts memory wants its processors for itself. */
const ALONE = ['e2e/web/streams.test.ts']
const EXCLUDE = ['**/node_modules/**']

const one = { pool: 'forks', testTimeout: 180_000, hookTimeout: 180_000 } as const
const suite = process.env['ERRAND_E2E_SUITE'] ?? 'local'
const include = [...(SUITES[suite] ?? [])]
const inTurn = (name: string, files: string[], groupOrder: number) => ({
  test: { ...one, name, include: files, exclude: EXCLUDE, maxWorkers: 1, sequence: { groupOrder } },
})
const twoAtATime = {
  test: {
    ...one,
    name: 'e2e',
    include,
    exclude: [...EXCLUDE, ...ALONE],
    maxWorkers: 2,
    sequence: { groupOrder: 0 },
  },
}

/**
 * Whole-system scenarios, one at a time: each owns this machine's sandboxes while it runs. Those of the pages look at nothing but what is
 * theirs, and go two at a time.
 */
export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: suite === 'web' ? [twoAtATime, inTurn('alone', ALONE, 1)] : [inTurn('e2e', include, 0)],
  },
})
