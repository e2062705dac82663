/** `node counts.mjs RESULTS_DIR [FAILED_STEP…]`: sums vitest's JSON reports and what conformance printed, and prints `N passed, N failed` as the last line. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, ...failedSteps] = process.argv.slice(2)
const total = { passed: 0, failed: 0, skipped: 0 }
const stepsWithFailures = new Set()

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  // A file that could not even be loaded has no tests to fail: it counts as one.
  const unloaded = report.testResults.filter(
    (one) => one.status === 'failed' && !one.assertionResults.some((test) => test.status === 'failed'),
  )
  total.passed += report.numPassedTests
  total.failed += report.numFailedTests + unloaded.length
  total.skipped += report.numPendingTests + report.numTodoTests
  if (report.numFailedTests + unloaded.length > 0) stepsWithFailures.add(file.replace('.json', ''))
}
for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl'))) {
  for (const line of readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean)) {
    const { passed, failed } = JSON.parse(line)
    total.passed += passed
    total.failed += failed
    if (failed > 0) stepsWithFailures.add(file.replace('.jsonl', ''))
  }
}
// A step can fail without a failed test (the checks, a crash): that is a failure too.
total.failed += failedSteps.filter((step) => !stepsWithFailures.has(step)).length
if (failedSteps.length > 0) console.log(`failed: ${failedSteps.join(', ')}`)
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
process.exitCode = total.failed > 0 ? 1 : 0
