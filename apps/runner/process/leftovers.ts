import { readdirSync, readFileSync } from 'node:fs'
import { type Clock, pause } from '../clock.ts'
import { send } from './child.ts'

const POLL_MS = 20
const GIVE_UP_MS = 3_000

export interface LeftoversDeps {
  readonly clock: Clock
  /** What `isAlone` said before anything of the agent's was started. */
  readonly wasAlone: boolean
}

/**
 * Whether nobody is here but the runner and a first process that is not its own, as in the pod of a cluster. Asked at
 * the very beginning. Never true for root, whom a mistake would cost a whole machine, and on a machine that has other
 * things to do than this run.
 */
export function isAlone(): boolean {
  return process.getuid?.() !== 0 && livingProcesses().length === 0
}

/**
 * Kills every process that the agent left running, so that nothing changes while its work is being judged and
 * collected. In a sandbox that is everything but the runner and what reaps for it; elsewhere what carries this run's
 * id in its first environment. Returns how many were killed.
 */
export async function killLeftovers(runId: string, { clock, wasAlone }: LeftoversDeps): Promise<number> {
  const isMine = wasAlone || ownsAllProcesses() ? () => true : carriesRun(runId)
  const killed = new Set<number>()
  // A cluster may put containers of its own beside the runner's.
  const foreign = new Set<number>()
  const until = clock.now() + GIVE_UP_MS
  while (clock.now() < until) {
    const alive = livingProcesses().filter((pid) => isMine(pid) && !foreign.has(pid))
    if (alive.length === 0) break
    for (const pid of alive) (kill(pid) ? killed : foreign).add(pid)
    await pause(clock, POLL_MS)
  }
  return killed.size
}

/** False where the process is another user's. */
function kill(pid: number): boolean {
  try {
    send(pid, 'SIGKILL')
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return false
    throw error
  }
}

/**
 * Whether this process namespace is the sandbox's own: its first process was started to run this very file. On a
 * machine that has other things to do than this run, it never is.
 */
function ownsAllProcesses(): boolean {
  const entry = process.argv[1]
  if (process.pid === 1) return true
  return process.ppid === 1 && entry !== undefined && readText('/proc/1/cmdline').split('\0').includes(entry)
}

function carriesRun(runId: string): (pid: number) => boolean {
  const mark = `ERRAND_RUN_ID=${runId}`
  return (pid) => readText(`/proc/${pid}/environ`).split('\0').includes(mark)
}

function livingProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== 1 && pid !== process.pid && isAlive(pid))
}

/** A zombie has ended; only its parent can take it away. */
function isAlive(pid: number): boolean {
  const stat = readText(`/proc/${pid}/stat`)
  const state = stat.slice(stat.lastIndexOf(')') + 2).charAt(0)
  return state !== '' && state !== 'Z' && state !== 'X'
}

/** Empty when the process is gone or is somebody else's. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
