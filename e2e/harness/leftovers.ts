import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Every process on this machine that has `mark` (a data folder's path) in its command line or environment:
 * servers, Postgres, launchers and what runs in sandboxes. Empty is what a clean stop leaves.
 */
export async function processesOf(mark: string): Promise<readonly { pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = []
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const [command, environment] = await Promise.all([read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`)])
    if (command.includes(mark) || environment.includes(mark))
      found.push({ pid, command: command.replaceAll('\0', ' ') })
  }
  return found
}

/** The processes of a live run's sandbox that `dataFolder` knows: its launcher, whose end is that of all below, and the agent's. */
export async function processesOfRun(dataFolder: string, runId: string): Promise<readonly number[]> {
  const [launcher = ''] = (await read(join(dataFolder, 'sandboxes', runId, 'pid'))).split(' ')
  const named = (await processesOf(runId)).map(({ pid }) => pid)
  return launcher === '' ? named : [...new Set([Number(launcher), ...named])]
}

/** A process may end while we look at it: what is gone reads as nothing. */
async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}

/** `kill -9` of a process that may have ended in the meantime, which is what was wanted. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
