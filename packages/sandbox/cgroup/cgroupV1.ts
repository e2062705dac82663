import { mkdir, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Limiter, LimitKind, Limits } from './limiter.ts'
import type { CgroupView } from './cgroupView.ts'

const CONTROLLERS: Record<LimitKind, string> = { memoryMib: 'memory', cpus: 'cpu', pids: 'pids' }
const PERIOD_US = 100_000

/**
 * One folder per controller, below the one we are in ourselves: what limits Errand then limits its runs too.
 * Null when no controller that we need is mounted as v1.
 */
export function cgroupV1(view: CgroupView, isWritable: (folder: string) => boolean): Limiter | null {
  const parents = new Map<LimitKind, string>()
  for (const kind of Object.keys(CONTROLLERS) as LimitKind[]) {
    const mount = view.v1Mounts.get(CONTROLLERS[kind])
    if (mount === undefined) continue
    const own = join(mount, view.v1Paths.get(CONTROLLERS[kind]) ?? '/')
    // In a container the path is the host's and may not exist below our mount.
    const parent = existsSync(own) ? own : mount
    if (isWritable(parent)) parents.set(kind, parent)
  }
  if (parents.size === 0) return null
  const at = (kind: LimitKind, name: string) => join(parents.get(kind) ?? '', name)
  return {
    kind: 'v1',
    enforces: [...parents.keys()],
    why: parents.size === 3 ? null : 'this machine gives only some cgroup controllers to us',
    folders: (name) => [...new Set([...parents.keys()].map((kind) => at(kind, name)))],
    async create(name, limits) {
      for (const kind of parents.keys()) {
        await mkdir(at(kind, name), { recursive: true })
        await SET[kind](at(kind, name), limits)
      }
    },
  }
}

const SET: Record<LimitKind, (folder: string, limits: Limits) => Promise<void>> = {
  async memoryMib(folder, { memoryMib }) {
    const bytes = String(memoryMib * 1024 * 1024)
    await writeFile(join(folder, 'memory.limit_in_bytes'), bytes)
    // Memory and swap together; the file is there only where swap is accounted.
    const swap = join(folder, 'memory.memsw.limit_in_bytes')
    if (existsSync(swap)) await writeFile(swap, bytes)
  },
  async cpus(folder, { cpus }) {
    await writeFile(join(folder, 'cpu.cfs_period_us'), String(PERIOD_US))
    await writeFile(join(folder, 'cpu.cfs_quota_us'), String(Math.round(cpus * PERIOD_US)))
  },
  async pids(folder, { pids }) {
    await writeFile(join(folder, 'pids.max'), String(pids))
  },
}
