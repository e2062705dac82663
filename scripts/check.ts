/**
 * `npm run check [-- NAME…]`: everything about the code that needs no run of it. Every check runs even when an earlier one
 * failed, so that one run shows all there is to mend.
 */
import { run } from './run.ts'

const CHECKS: Readonly<Record<string, () => Promise<number>>> = {
  types: () => run('tsc', ['--noEmit']),
  lint: () => run('oxlint', []),
  format: () => run('oxfmt', ['--check']),
  suppressions: () => run('scripts/suppressions.ts', []),
  unused: () => run('knip', ['--no-progress', '--no-config-hints']),
  docs: () => run('scripts/docs.ts', ['--check']),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => CHECKS[name] === undefined)
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}: use ${Object.keys(CHECKS).join(', ')}`)
  process.exit(2)
}

const failed: string[] = []
for (const [name, check] of Object.entries(CHECKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const began = performance.now()
  const isFine = (await check()) === 0
  console.log(`${isFine ? '✓' : '✗'} ${name.padEnd(14)} ${((performance.now() - began) / 1000).toFixed(1)} s`)
  if (!isFine) failed.push(name)
}
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')} (npm run fix mends format, docs and some of lint)`)
process.exitCode = failed.length === 0 ? 0 : 1
