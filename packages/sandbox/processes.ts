import { readdir } from 'node:fs/promises'
import { hasCode, readIfThere } from './files.ts'

/** One process as /proc shows it. */
export interface ProcessStat {
  readonly pid: number
  readonly state: string
  readonly parent: number
  readonly session: number
  /** In clock ticks since boot; with the pid it names a process for good. */
  readonly startTime: string
}

/** Null when there is no such process, or when it is a zombie: dead, waiting for its parent to ask. */
export async function readProcess(pid: number): Promise<ProcessStat | null> {
  const text = await readIfThere(`/proc/${pid}/stat`)
  // The name stands in brackets and may hold anything, brackets too: count from the last one.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent, , session] = fields ?? []
  const startTime = fields?.[19]
  if (state === undefined || startTime === undefined || state === 'Z' || state === 'X') return null
  return { pid, state, parent: Number(parent), session: Number(session), startTime }
}

export async function allProcesses(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
}

export async function processesOfSession(session: number): Promise<readonly number[]> {
  const found = await Promise.all((await allProcesses()).map(readProcess))
  return found.filter((one) => one?.session === session).flatMap((one) => (one === null ? [] : [one.pid]))
}

/** Processes of ours whose environment names this home folder. */
export async function processesWithHome(home: string): Promise<readonly number[]> {
  const found: number[] = []
  for (const pid of await allProcesses()) {
    const environment = (await readIfThere(`/proc/${pid}/environ`).catch(() => null)) ?? ''
    if (environment.split('\0').includes(`HOME=${home}`)) found.push(pid)
  }
  return found
}

/** SIGKILL; a process that is gone already is fine. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}
