/** `npm run docs [-- --check]`: writes the pages under docs/ that are made from code, or says which of them are stale. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PAGES } from './docs/pages.ts'
import { ROOT } from './run.ts'

const isCheck = process.argv.includes('--check')
const stale: string[] = []
for (const { file, render } of PAGES) {
  const path = join(ROOT, file)
  const [text, before] = [await render(), existsSync(path) ? readFileSync(path, 'utf8') : '']
  if (text === before) continue
  stale.push(file)
  if (isCheck) continue
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
if (isCheck && stale.length > 0)
  console.error(`Not what the code says any more, run \`npm run docs\`: ${stale.join(', ')}`)
process.exitCode = isCheck && stale.length > 0 ? 1 : 0
