import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../clock.ts'

export interface ChildEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Child {
  readonly pid: number
  /** Null unless asked for with `hasInput`. */
  readonly stdin: Writable | null
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles when the process is gone and what it printed has been read. Rejects when it could not be started. */
  readonly ended: Promise<ChildEnd>
  /** Interrupts, then terminates, then kills the whole group. Resolves with `ended`. Calling it again changes nothing. */
  stop(): Promise<ChildEnd>
}

export interface ChildSpec {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Who gets the SIGINT: Claude Code ends its own children and still gives its result; a shell does neither. */
  readonly interrupt: 'process' | 'group'
  readonly hasInput: boolean
}

export const INTERRUPT_GRACE_MS = 5_000
export const TERMINATE_GRACE_MS = 3_000
/** A process that outlives its parent may hold the pipes open for ever. */
const DRAIN_MS = 500

/** Starts a process as the leader of its own group and session, so that all of it can be stopped at once. */
export function startChild(spec: ChildSpec, clock: Clock): Child {
  const child = spawn(spec.command, [...spec.args], {
    cwd: spec.cwd,
    env: { ...spec.env },
    detached: true,
    stdio: [spec.hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  const { stdout, stderr, stdin } = child
  if (stdout === null || stderr === null) throw new Error('the child has no output')
  // A child that is gone makes writing to it fail; its end is what says so.
  stdin?.on('error', () => undefined)
  const ended = untilEnded(child, clock)
  let stopping: Promise<ChildEnd> | null = null
  return {
    pid: child.pid ?? 0,
    stdin,
    stdout,
    stderr,
    ended,
    stop: () => (stopping ??= stopInSteps(child, { ended, clock, interrupt: spec.interrupt })),
  }
}

function untilEnded(child: ChildProcess, clock: Clock): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => {
      const callOff = clock.after(DRAIN_MS, () => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      })
      child.once('close', () => {
        callOff()
        resolve({ exitCode, signal })
      })
    })
  })
}

async function stopInSteps(
  child: ChildProcess,
  { ended, clock, interrupt }: { ended: Promise<ChildEnd>; clock: Clock; interrupt: 'process' | 'group' },
): Promise<ChildEnd> {
  const { pid } = child
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return await ended
  send(interrupt === 'group' ? -pid : pid, 'SIGINT')
  const callOffTerm = clock.after(INTERRUPT_GRACE_MS, () => send(-pid, 'SIGTERM'))
  const callOffKill = clock.after(INTERRUPT_GRACE_MS + TERMINATE_GRACE_MS, () => send(-pid, 'SIGKILL'))
  try {
    return await ended
  } finally {
    callOffTerm()
    callOffKill()
    // What the leader left behind in its group.
    send(-pid, 'SIGKILL')
  }
}

/** Sends a signal to a process (or, negative, to a group) that may be gone already. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
