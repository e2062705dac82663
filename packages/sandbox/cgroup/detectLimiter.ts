import { accessSync, constants, readFileSync } from 'node:fs'
import { cgroupV1 } from './cgroupV1.ts'
import { cgroupV2 } from './cgroupV2.ts'
import { type CgroupView, parseCgroupView } from './cgroupView.ts'
import { type Limiter, noLimits } from './limiter.ts'

/** The strongest limiter that this machine gives us. v2 first: where both are mounted, only one has the controllers. */
export function detectLimiter(view: CgroupView = readView()): Limiter {
  return (
    cgroupV2(view, isWritable) ??
    cgroupV1(view, isWritable) ??
    noLimits('this machine gives no cgroup to us (start Errand as root or as a systemd service with Delegate=yes)')
  )
}

function readView(): CgroupView {
  return parseCgroupView(readFileSync('/proc/mounts', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'))
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
