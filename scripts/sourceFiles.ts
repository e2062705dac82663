import { globSync } from 'node:fs'
import { ROOT } from './run.ts'

/** Every source file of ours, relative to the root. */
export function sourceFiles(): readonly string[] {
  const pattern = '{packages,apps,e2e,bench,scripts}/**/*.{ts,tsx,mjs}'
  const skipped = (name: string) => name === 'node_modules' || name === 'dist' || name === '.next'
  return globSync(pattern, { cwd: ROOT, exclude: skipped }).toSorted()
}
