/**
 * `npm run check [-- NAME…]`: everything about the code that needs no run of it. Every check runs even when an earlier one
 * failed, so that one run shows all there is to mend.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from './run.ts'

const CHECKS: Readonly<Record<string, () => Promise<number>>> = {
  types: () => run('tsc', ['--noEmit']),
  webTypes: checkWebTypes,
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

/**
 * The web app has settings of its own, for the browser, and types that Next makes from its routes. The packages it
 * reaches are judged by `types` under their own settings: Next makes NODE_ENV a must in every environment, here too.
 */
async function checkWebTypes(): Promise<number> {
  if (!existsSync(join(ROOT, 'apps/web/tsconfig.json'))) return 0
  const made = await run('apps/web/node_modules/.bin/next', ['typegen', 'apps/web'], { NEXT_TELEMETRY_DISABLED: '1' })
  if (made !== 0) return made
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const { stdout, status } = spawnSync(tsc, ['--noEmit', '--pretty', 'false', '-p', 'apps/web'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const own = stdout
    .split(/\n(?=\S)/)
    .filter((error) => !/^(packages|apps\/(?!web\/))/.test(error) && error.trim() !== '')
  for (const error of own) console.error(error)
  return status === 0 || own.length === 0 ? 0 : 1
}
