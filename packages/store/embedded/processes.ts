import { readdir, readFile, readlink } from 'node:fs/promises'

/** True while the process runs. A zombie is dead: it holds nothing and only waits for its parent to look. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return false
  // The name in brackets may hold anything, the state is the word after the last bracket.
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
  return state !== 'Z' && state !== 'X'
}

/** Every running process whose working directory is `folder`, which for a data directory is Postgres and its children. */
export async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map((pid) => worksIn(pid, folder)))
  return pids.filter((_, index) => found[index])
}

export async function worksIn(pid: number, folder: string): Promise<boolean> {
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return directory === folder && (await isRunning(pid))
}

/** Sends a signal; a process that is gone already is what the caller wanted. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
