/** `npm run e2e -- local [vitest arguments]`: the same scenarios on the executor that is named. */
import { run } from './run.ts'

const EXECUTORS = ['local', 'k3s']
const [executor = '', ...rest] = process.argv.slice(2)

if (EXECUTORS.includes(executor)) {
  process.exitCode = await run('vitest', ['run', '--config', 'vitest.e2e.config.ts', ...rest], {
    ERRAND_E2E_EXECUTOR: executor,
  })
} else {
  console.error(`Say where the scenarios run: npm run e2e -- ${EXECUTORS.join(' | ')}`)
  process.exitCode = 2
}
