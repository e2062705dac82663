import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../files.ts'
import type { CgroupView } from './cgroupView.ts'
import type { Limiter, LimitKind, Limits } from './limiter.ts'

const CONTROLLERS: Record<LimitKind, string> = { memoryMib: 'memory', cpus: 'cpu', pids: 'pids' }
const KINDS = Object.keys(CONTROLLERS) as LimitKind[]
const PERIOD_US = 100_000
/** Where our own process goes, because a cgroup that limits its children may hold no process itself. */
const OWN_LEAF = 'errand-server'
/** Used by root where our own cgroup holds other people's processes too, as in a login session. */
const TOP_LEVEL = 'errand'

/**
 * One folder per run. Null when the unified hierarchy has none of the controllers (they are mounted as v1), or gives
 * them to others only.
 */
export function cgroupV2(view: CgroupView, isWritable: (folder: string) => boolean): Limiter | null {
  if (view.v2Mount === null) return null
  const mount = view.v2Mount
  if (given(mount).length === 0) return null
  const parents = [ownFolder(mount, view.v2Path), join(mount, TOP_LEVEL)]
  for (const parent of parents) {
    const enforces = isWritable(existsSync(parent) ? parent : mount) ? delegate(mount, parent) : []
    if (enforces.length > 0) return limiterBelow(parent, enforces)
  }
  return null
}

function limiterBelow(parent: string, enforces: readonly LimitKind[]): Limiter {
  return {
    kind: 'v2',
    enforces,
    why: enforces.length === KINDS.length ? null : 'this machine gives only some cgroup controllers to us',
    folders: (name) => [join(parent, name)],
    async create(name, limits) {
      const folder = join(parent, name)
      await mkdir(folder, { recursive: true })
      for (const kind of enforces) await SET[kind](folder, limits)
    },
  }
}

/** After a restart we may find ourselves in our own leaf: the runs belong beside it, not below it. */
function ownFolder(mount: string, ownPath: string): string {
  return join(mount, ownPath.endsWith(`/${OWN_LEAF}`) ? ownPath.slice(0, -OWN_LEAF.length - 1) : ownPath)
}

/** Hands the controllers down to `parent`'s children, and says which of them arrived. */
function delegate(mount: string, parent: string): readonly LimitKind[] {
  try {
    if (parent === join(mount, TOP_LEVEL)) {
      mkdirSync(parent, { recursive: true })
      enable(mount)
    } else if (!isTop(parent) && enabledIn(parent).length === 0) {
      mkdirSync(join(parent, OWN_LEAF), { recursive: true })
      writeFileSync(join(parent, OWN_LEAF, 'cgroup.procs'), String(process.pid))
    }
    enable(parent)
    return enabledIn(parent)
  } catch (error) {
    // EBUSY: it holds processes that are not ours to move. The others: not delegated to us.
    if (hasCode(error, 'EBUSY', 'EACCES', 'EPERM', 'EROFS', 'ENOENT', 'EOPNOTSUPP', 'EINVAL')) return []
    throw error
  }
}

function isTop(folder: string): boolean {
  return !existsSync(join(folder, 'cgroup.type'))
}

function enable(folder: string): void {
  const isOn = enabledIn(folder)
  const wanted = given(folder).filter((kind) => !isOn.includes(kind))
  if (wanted.length === 0) return
  writeFileSync(join(folder, 'cgroup.subtree_control'), wanted.map((kind) => `+${CONTROLLERS[kind]}`).join(' '))
}

function enabledIn(folder: string): readonly LimitKind[] {
  const on = words(join(folder, 'cgroup.subtree_control'))
  return KINDS.filter((kind) => on.includes(CONTROLLERS[kind]))
}

function given(folder: string): readonly LimitKind[] {
  const names = words(join(folder, 'cgroup.controllers'))
  return KINDS.filter((kind) => names.includes(CONTROLLERS[kind]))
}

function words(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trim().split(/\s+/)
}

const SET: Record<LimitKind, (folder: string, limits: Limits) => Promise<void>> = {
  async memoryMib(folder, { memoryMib }) {
    await writeFile(join(folder, 'memory.max'), String(memoryMib * 1024 * 1024))
    const swap = join(folder, 'memory.swap.max')
    if (existsSync(swap)) await writeFile(swap, '0')
  },
  async cpus(folder, { cpus }) {
    await writeFile(join(folder, 'cpu.max'), `${Math.round(cpus * PERIOD_US)} ${PERIOD_US}`)
  },
  async pids(folder, { pids }) {
    await writeFile(join(folder, 'pids.max'), String(pids))
  },
}
