import { oomKillsIn } from '@errand/contracts'
import { rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hasCode, readIfThere } from '../files.ts'

/*
 * Work on cgroups that exist. Which files a folder has tells v1 from v2, so what was started under one configuration
 * of the machine is found and removed under another.
 */

/** Every process in them, this moment. */
export async function processesIn(folders: readonly string[]): Promise<readonly number[]> {
  const found = new Set<number>()
  for (const folder of folders) {
    const text = (await readIfThere(join(folder, 'cgroup.procs'))) ?? ''
    for (const line of text.split('\n')) if (line !== '') found.add(Number(line))
  }
  return [...found]
}

/** How many processes in them the kernel has killed because the memory limit was reached. */
export async function outOfMemoryKills(folders: readonly string[]): Promise<number> {
  let kills = 0
  for (const folder of folders) {
    const file = oomFileIn(folder)
    for (const name of [file.v2, file.v1]) kills += oomKillsIn((await readIfThere(name)) ?? '')
  }
  return kills
}

export function oomFileIn(folder: string): { readonly v1: string; readonly v2: string } {
  return { v1: join(folder, 'memory.oom_control'), v2: join(folder, 'memory.events') }
}

/** Removes cgroups whose processes are gone. The kernel takes a moment to let go of the last one. */
export async function removeCgroups(folders: readonly string[], { attempts = 100, pauseMs = 10 } = {}): Promise<void> {
  for (const folder of folders) {
    for (let attempt = 1; ; attempt++) {
      try {
        await rmdir(folder)
        break
      } catch (error) {
        if (hasCode(error, 'ENOENT')) break
        if (!hasCode(error, 'EBUSY') || attempt >= attempts) throw error
        await delay(pauseMs)
      }
    }
  }
}

/** Asks the kernel to kill all of a v2 cgroup at once, forks in flight included. On v1 there is no such file. */
export async function killCgroupsAtOnce(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await writeFile(join(folder, 'cgroup.kill'), '1', { flag: 'r+' })
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
    }
  }
}
