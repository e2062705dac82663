/**
 * `npm run conformance -- client [REVISION] [SCENARIO]`: the suite of the Model Context Protocol. One line of JSON says
 * how many of the required scenarios passed.
 */
import { run } from './run.ts'

const SUITES: Readonly<Record<string, string>> = { client: 'apps/gateway/test/conformance/main.ts' }
const [suite = '', ...rest] = process.argv.slice(2)
const program = SUITES[suite]

if (program === undefined) {
  console.error(`Say which suite: npm run conformance -- ${Object.keys(SUITES).join(' | ')}`)
  process.exitCode = 2
} else process.exitCode = await run(program, rest)
