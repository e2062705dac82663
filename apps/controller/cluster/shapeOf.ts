import type { AgentSpec } from '@errand/contracts'
import type { SandboxShape } from '@errand/kube'

const DISK_MIB = 10_240

/** What of an agent shapes its pod. */
export function shapeOf({ image, cpus, memoryMib, diskMib }: AgentSpec): SandboxShape {
  return { image: image ?? null, cpus, memoryMib, diskMib: diskMib ?? DISK_MIB }
}
