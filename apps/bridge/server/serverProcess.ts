import { type ChildProcess, spawn } from 'node:child_process'
import { countOutOfMemory } from './outOfMemory.ts'
import { Lines, type LineListener } from './lines.ts'
import type { ServerLog } from './serverLog.ts'

export interface ServerCommand {
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface ServerEnd {
  /** `it ended with code 1`, for sentences. */
  readonly words: string
  /** We had asked for it. */
  readonly isWanted: boolean
}

export interface ServerProcess {
  readonly pid: number
  /** False: the server does not read, and too much waits for it already. Nothing was written then. */
  write(line: string): boolean
  /** No more is read from it until `resume`; a server that floods then waits in its own write. */
  pause(): void
  resume(): void
  /** Settles when it is gone and all that it wrote was heard. */
  readonly ended: Promise<ServerEnd>
  /** Closes its input, as MCP asks for, then terminates (one that does not read it at once), then kills everything in its group. */
  stop(by?: { readonly terminateAfterMs: number }): Promise<ServerEnd>
}

const TERMINATE_AFTER_MS = 1_500
const KILL_AFTER_MS = 4_000
/** A process that outlives its parent may hold the pipes open for ever. */
const DRAIN_MS = 500
const MAX_WAITING_BYTES = 16 * 2 ** 20

export interface ProcessParts {
  readonly listener: LineListener
  readonly maxLineBytes: number
  readonly log: ServerLog
}

/** Starts a server as the leader of its own group, without a shell. Its failure to start is an end like any other. */
export function startServerProcess({ command, cwd, env }: ServerCommand, parts: ProcessParts): ServerProcess {
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd, env: { ...env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  // A server that is gone makes writing to it fail; its end is what says so.
  child.stdin.on('error', () => undefined)
  read(child, parts)
  let isWanted = false
  const ended = untilEnded(child).then((words) => ({ words, isWanted }))
  let stopping: Promise<ServerEnd> | null = null
  return {
    pid: child.pid ?? 0,
    write(line) {
      if (child.stdin.writableLength > MAX_WAITING_BYTES) return false
      child.stdin.write(`${line}\n`)
      return true
    },
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    ended,
    stop({ terminateAfterMs } = { terminateAfterMs: TERMINATE_AFTER_MS }) {
      isWanted = true
      return (stopping ??= stopInSteps(child, ended, terminateAfterMs))
    },
  }
}

function read(
  { stdout, stderr }: Pick<ChildProcess, 'stdout' | 'stderr'>,
  { listener, maxLineBytes, log }: ProcessParts,
): void {
  if (stdout === null || stderr === null) throw new Error('the server has no output')
  const lines = new Lines(maxLineBytes, listener)
  stdout.on('data', (chunk: Buffer) => lines.push(chunk))
  stdout.on('end', () => lines.end())
  const said = new Lines(MAX_LOG_LINE_BYTES, {
    onLine: (line) => log.said(line),
    onLongLine: ({ head, bytes }) => log.said(`${head.slice(0, 500)}… (a line of ${bytes} bytes)`),
  })
  stderr.on('data', (chunk: Buffer) => said.push(chunk))
  stderr.on('end', () => said.end())
}

const MAX_LOG_LINE_BYTES = 64 * 1024
const OUT_OF_MEMORY = 'it used more memory than it may: raise `memoryMib` of the server'

function untilEnded(child: ChildProcess): Promise<string> {
  const killedBefore = countOutOfMemory()
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve(`it could not be started: ${error.code ?? error.message}`)
    })
    child.once('exit', (code, signal) => {
      // What the leader left behind in its group.
      killGroup(child, 'SIGKILL')
      const timer = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, DRAIN_MS)
      child.stdout?.resume()
      child.once('close', () => {
        clearTimeout(timer)
        if (signal === 'SIGKILL' && countOutOfMemory() > killedBefore) resolve(OUT_OF_MEMORY)
        else resolve(signal === null ? `it ended with code ${code ?? 0}` : `it was ended by ${signal}`)
      })
    })
  })
}

async function stopInSteps(
  child: ChildProcess,
  ended: Promise<ServerEnd>,
  terminateAfterMs: number,
): Promise<ServerEnd> {
  child.stdin?.end()
  // Paused, it could not be seen to end.
  child.stdout?.resume()
  const terminate = setTimeout(() => killGroup(child, 'SIGTERM'), terminateAfterMs)
  const kill = setTimeout(() => killGroup(child, 'SIGKILL'), KILL_AFTER_MS)
  try {
    return await ended
  } finally {
    clearTimeout(terminate)
    clearTimeout(kill)
  }
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
