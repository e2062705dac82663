/**
 * `npm run e2e -- local | web [vitest arguments]`: the scenarios of the whole system on the executor that is named, or
 * those of the pages in a real browser.
 */
import { run } from './run.ts'

const SUITES = ['local', 'k3s', 'web']
const [suite = '', ...rest] = process.argv.slice(2)

if (SUITES.includes(suite)) {
  process.exitCode = await run('vitest', ['run', '--config', 'vitest.e2e.config.ts', ...rest], {
    ERRAND_E2E_SUITE: suite === 'web' ? 'web' : 'local',
    ERRAND_E2E_EXECUTOR: suite === 'web' ? 'local' : suite,
  })
} else {
  console.error(`Say which scenarios: npm run e2e -- ${SUITES.join(' | ')}`)
  process.exitCode = 2
}
