import { readFileSync } from 'node:fs'
import { oomKillsIn } from '@errand/contracts'

/**
 * How many processes the kernel has killed in this sandbox for want of memory: `oom_kill` of cgroup v2's
 * `memory.events` or v1's `memory.oom_control`. Zero where no such file is known.
 */
export function countOutOfMemory(file: string | null): number {
  if (file === null) return 0
  try {
    return oomKillsIn(readFileSync(file, 'utf8'))
  } catch {
    // Not bound into this sandbox: then the executor alone can tell.
    return 0
  }
}
