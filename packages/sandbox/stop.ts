import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { killCgroupsAtOnce, removeCgroups } from './cgroup/cgroupFolders.ts'
import { hasCode } from './files.ts'
import { REMOVED } from './layout.ts'
import { readLaunched, remainingProcesses } from './look.ts'
import { killProcess } from './processes.ts'
import { readRecord } from './record.ts'

const KILL_DEADLINE_MS = 5_000
const KILL_POLL_MS = 5

/**
 * SIGKILL to everything, again and again until nothing is left: a process may fork between our look and our kill.
 * Throws when something outlives the deadline (a process that hangs in the kernel).
 */
export async function killSandbox(folder: string): Promise<void> {
  const deadline = performance.now() + KILL_DEADLINE_MS
  for (;;) {
    const launched = await readLaunched(folder)
    if (launched === null) return
    const left = await remainingProcesses(folder, launched)
    if (left.length === 0) return
    await killCgroupsAtOnce(launched.record.cgroups)
    for (const pid of left) killProcess(pid)
    if (performance.now() > deadline)
      throw new Error(`${left.length} processes outlive SIGKILL: ${left.slice(0, 5).join(' ')}`)
    await delay(KILL_POLL_MS)
  }
}

/**
 * Takes a dead sandbox out of sight: its cgroups go, its folder gets another name. Gives back that name; the files are
 * deleted afterwards (`deleteFolder`), because a large workspace takes its time. Null when there was none.
 */
export async function setAside(folder: string): Promise<string | null> {
  const record = await readRecord(folder)
  if (record !== null) await removeCgroups(record.cgroups)
  const aside = join(dirname(folder), `${REMOVED}${folder.slice(dirname(folder).length + 1)}`)
  try {
    await rename(folder, aside)
    return aside
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
    // One under this name was not deleted to its end.
    await deleteFolder(aside)
    await rename(folder, aside)
    return aside
  }
}

/**
 * Deletes what a hostile process may have left: folders deeper than a path may be long, folders without permissions, a
 * million files. rm walks by descriptor, follows no link and blocks no event loop.
 */
export async function deleteFolder(folder: string): Promise<void> {
  if ((await run('rm', ['-rf', '--one-file-system', '--', folder])) === 0) return
  await run('chmod', ['-R', 'u+rwX', '--', folder])
  const code = await run('rm', ['-rf', '--one-file-system', '--', folder])
  if (code !== 0) throw new Error(`rm -rf ${folder} ended with ${code}`)
}

async function run(command: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(command, args, { stdio: 'ignore', env: { PATH: SYSTEM_PATH } })
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
