import { readFileSync } from 'node:fs'
import { OOM_FILES, oomKillsIn } from '@errand/contracts'

/** How many processes the kernel has killed in this sandbox for want of memory. Zero where it does not say so here. */
export function countOutOfMemory(): number {
  for (const file of OOM_FILES) {
    try {
      return oomKillsIn(readFileSync(file, 'utf8'))
    } catch {
      // Not of this kind of sandbox.
    }
  }
  return 0
}
