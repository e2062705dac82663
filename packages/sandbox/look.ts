import { NO_BOOT_EXIT } from '@errand/contracts'
import type { Seen } from '@errand/domain'
import { outOfMemoryKills, processesIn } from './cgroup/cgroupFolders.ts'
import { readIfThere } from './files.ts'
import { sandboxFiles } from './layout.ts'
import { processesOfSession, processesWithHome, readProcess } from './processes.ts'
import { readRecord, type SandboxRecord } from './record.ts'

/** What is in a sandbox's folder, seen without having started it. Null: nothing was ever launched there. */
export interface Launched {
  readonly record: SandboxRecord
  readonly launcher: { readonly pid: number; readonly startTime: string; readonly bootId: string }
}

export async function readLaunched(folder: string): Promise<Launched | null> {
  const record = await readRecord(folder)
  const [pid, startTime, bootId] = ((await readIfThere(sandboxFiles(folder).pid)) ?? '').trim().split(' ')
  if (record === null || startTime === undefined || bootId === undefined) return null
  // Its starter died before it could say what to do: as if it had never been.
  if (((await readIfThere(sandboxFiles(folder).exit)) ?? '').trim() === String(NO_BOOT_EXIT)) return null
  return { record, launcher: { pid: Number(pid), startTime, bootId } }
}

/** `nothing` also for a folder in which no launcher ever began: starting there is safe. */
export async function lookAt(folder: string): Promise<Seen> {
  const launched = await readLaunched(folder)
  if (launched === null) return { kind: 'nothing' }
  if ((await remainingProcesses(folder, launched)).length > 0)
    return { kind: 'running', since: launched.record.startedAt }
  const exit = ((await readIfThere(sandboxFiles(folder).exit)) ?? '').trim()
  return {
    kind: 'exited',
    exitCode: exit === '' ? null : Number(exit),
    isOutOfMemory: (await outOfMemoryKills(launched.record.cgroups)) > 0,
  }
}

/**
 * Every process of the sandbox that we can name, the launcher among them; empty means that the last one is gone.
 * The first process inside is the last to go: it waits for all others of its pid namespace. A cgroup knows them all, but
 * forgets each some moments before it is gone. Without one the launcher's session (sh and bwrap) counts.
 */
export async function remainingProcesses(folder: string, { record, launcher }: Launched): Promise<readonly number[]> {
  if (!(await isSameBoot(launcher.bootId))) return []
  const found = new Set<number>()
  for (const pid of await processesIn(record.cgroups)) if ((await readProcess(pid)) !== null) found.add(pid)
  const current = await readProcess(launcher.pid)
  const isLauncher = current?.startTime === launcher.startTime
  if (isLauncher) found.add(launcher.pid)
  // A pid is not given away again while a session bears its number: a stranger under it means that the session is over.
  if (isLauncher || current === null) {
    const inner = await readProcess(innerPid(await readIfThere(sandboxFiles(folder).inner)))
    if (inner !== null && isBornWith(launcher.startTime, inner.startTime)) found.add(inner.pid)
    if (record.cgroups.length > 0) return [...found]
    const session = await processesOfSession(launcher.pid)
    for (const pid of session) found.add(pid)
    // Without a wall there is no first process whose death ends the others; all of them have this home.
    if (record.isPlain) for (const pid of await processesWithHome(sandboxFiles(folder).home)) found.add(pid)
  }
  return [...found]
}

async function isSameBoot(bootId: string): Promise<boolean> {
  return ((await readIfThere('/proc/sys/kernel/random/boot_id')) ?? '').trim() === bootId
}

/** The first process inside is made within moments of its launcher; a later one has only inherited its number. */
function isBornWith(launcher: string, inner: string): boolean {
  const ticks = Number(inner) - Number(launcher)
  return ticks >= 0 && ticks < MAX_BIRTH_TICKS
}

const MAX_BIRTH_TICKS = 3_000

/** Of the first process inside, from what bwrap wrote about it; -1 before it did. */
export function innerPid(text: string | null): number {
  return Number(/"child-pid": (\d+)/.exec(text ?? '')?.[1] ?? -1)
}
