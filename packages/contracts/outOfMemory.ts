/**
 * Where the kernel counts, as a sandbox sees it, the processes that it killed for want of memory: bound in on one machine, in a
 * container of cgroup v2, of v1. The first that is there counts.
 */
export const OOM_FILES = [
  '/opt/errand/lib/oom',
  '/sys/fs/cgroup/memory.events',
  '/sys/fs/cgroup/memory/memory.oom_control',
] as const

/** The count in the text of such a file. */
export function oomKillsIn(text: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0)
}
