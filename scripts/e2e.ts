/**
 * `npm run e2e -- local | web | cluster [vitest arguments]`: the scenarios of the whole system on this machine, those of
 * the pages in a real browser, and those on the cluster that ERRAND_E2E_KUBECONFIG names.
 */
import { prepareCluster } from './e2e/prepareCluster.ts'
import { run } from './run.ts'

const SUITES = ['local', 'web', 'cluster', 'installed']
const [suite = '', ...rest] = process.argv.slice(2)

if (!SUITES.includes(suite)) {
  console.error(`Say which scenarios: npm run e2e -- ${SUITES.join(' | ')}`)
  process.exitCode = 2
} else {
  const prepared = suite === 'cluster' ? await prepareCluster(process.env) : { env: {} }
  if ('notRun' in prepared) {
    console.error(`cluster e2e NOT RUN: ${prepared.notRun}`)
    // Where everything is to be proven, or a cluster was named, a proof that did not happen is a failure.
    const isExpected = [process.env['CI'], process.env['ERRAND_E2E_KUBECONFIG']].some((one) => (one ?? '') !== '')
    process.exitCode = isExpected ? 1 : 0
  } else {
    process.exitCode = await run('vitest', ['run', '--config', 'vitest.e2e.config.ts', ...rest], {
      ERRAND_E2E_SUITE: suite,
      ...prepared.env,
    })
  }
}
