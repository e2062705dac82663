/**
 * `npm run conformance [-- server|client [REVISION] [SCENARIO]]`: the suite of the Model Context Protocol. One line of JSON
 * for each run says how many of the required scenarios passed.
 */
import { run } from './run.ts'

const SUITES = ['server', 'client'] as const
const [wanted, ...rest] = process.argv.slice(2)
const suites = SUITES.filter((suite) => wanted === undefined || wanted === suite)

if (suites.length === 0) {
  console.error(`Say which suite: npm run conformance -- ${SUITES.join(' | ')}`)
  process.exitCode = 2
}
for (const suite of suites) {
  const code = await run(`apps/gateway/test/conformance/${suite}.ts`, rest)
  process.exitCode = process.exitCode || code
}
