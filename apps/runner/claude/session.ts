import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FaultCode } from '@errand/contracts'
import type { Clock } from '../clock.ts'
import type { Recorder } from '../events/recorder.ts'
import type { Halt } from '../halt.ts'
import { type Child, startChild } from '../process/child.ts'
import type { LogFile } from '../process/logFile.ts'
import { Tail } from '../process/tail.ts'
import type { Notes } from '../talk/notes.ts'
import type { Questions } from '../talk/questions.ts'
import { autonomyOf, claudeArguments, claudeEnv, type ClaudeRuntime, interruptLine, promptLine } from './command.ts'
import { Control } from './control.ts'
import { type Json, parseLine } from './json.ts'
import { readLines } from './lines.ts'
import { type AgentOutcome, outcomeOf } from './outcome.ts'
import { Transcript } from './transcript.ts'

export interface ClaudeTask {
  readonly runtime: ClaudeRuntime
  readonly prompt: string
  readonly systemPrompt: string
  readonly claudePath: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly modelOrigin: string
  readonly mcpOrigin: string
  /** For what the CLI reads at its start. */
  readonly ownFolder: string
  readonly workspace: string
  /** How long a person has for an answer. */
  readonly answerMs: number
  readonly isHolding: boolean
}

export interface ClaudeDeps {
  readonly clock: Clock
  readonly halt: Halt
  readonly recorder: Recorder
  readonly logs: { readonly stream: LogFile; readonly errors: LogFile }
  readonly questions: Questions
  readonly notes: Notes
  readonly onProgress: () => void
  /** Why the gateway last refused a model call, if it did. */
  readonly refusedWith: () => FaultCode | null
}

/** A CLI that has given its result and has nothing left to do exits at once; rare ones never do. */
const EXIT_PATIENCE_MS = 10_000
/** A CLI that takes its interrupt ends within this time; a signal makes it give up the result. */
const INTERRUPT_PATIENCE_MS = 1_500
const STDERR_CHARS = 16 * 1024

/** Runs Claude Code on the task, to its exit. A halt interrupts it, so that it still gives its result. */
export async function runClaude(task: ClaudeTask, deps: ClaudeDeps): Promise<AgentOutcome> {
  const { clock, halt, logs } = deps
  const systemPromptFile = join(task.ownFolder, 'system-prompt.md')
  await writeFile(systemPromptFile, task.systemPrompt, { mode: 0o600 })
  const places = {
    modelOrigin: task.modelOrigin,
    mcpOrigin: task.mcpOrigin,
    systemPromptFile,
    sessionId: randomUUID(),
    workspace: task.workspace,
    isHolding: task.isHolding,
    isRoot: process.getuid?.() === 0,
  }
  const child = startChild(
    {
      command: task.claudePath,
      args: claudeArguments(task.runtime, places),
      cwd: task.cwd,
      env: { ...task.env, ...claudeEnv(places, task.runtime) },
      interrupt: 'process',
      hasInput: true,
    },
    clock,
  )
  let callOffStop = (): void => undefined
  const stop = (): void => {
    child.stdin?.write(interruptLine())
    callOffStop = clock.after(INTERRUPT_PATIENCE_MS, () => void child.stop())
  }
  halt.signal.addEventListener('abort', stop, { once: true })
  if (halt.reason !== null) stop()
  const errors = new Tail(STDERR_CHARS)
  child.stderr.on('data', (chunk: Buffer) => {
    logs.errors.write(chunk)
    errors.add(chunk.toString('utf8'))
  })
  try {
    const { transcript, isStuck, missing, ...end } = await converse(child, task, deps)
    if (missing.length > 0)
      return { kind: 'failed', code: 'mcp.unavailable', detail: `${missing.join(', ')}: nothing was done yet.` }
    return outcomeOf({
      ...end,
      result: transcript.result,
      isStuck,
      hasSchema: task.runtime.outputSchema !== null,
      refusedWith: deps.refusedWith(),
      stderr: errors.text,
    })
  } catch (error) {
    return {
      kind: 'failed',
      code: 'agent.crashed',
      detail: `Claude Code could not be started: ${(error as Error).message}`,
    }
  } finally {
    halt.signal.removeEventListener('abort', stop)
    callOffStop()
  }
}

interface Conversation {
  readonly transcript: Transcript
  readonly isStuck: boolean
  /** MCP servers that it cannot work without, and had to. */
  readonly missing: readonly string[]
  readonly exitCode: number | null
  readonly signal: string | null
}

async function converse(child: Child, task: ClaudeTask, deps: ClaudeDeps): Promise<Conversation> {
  const { clock, recorder, logs, notes, questions } = deps
  const { runtime, workspace, answerMs } = task
  const transcript = new Transcript({ sink: recorder, workspace, now: () => clock.now() })
  const control = new Control({
    child,
    log: logs.stream,
    onDelivered: (id) => recorder.emit({ type: 'note.delivered', id }),
    permissions: { autonomy: autonomyOf(runtime), answerMs, workspace, questions },
  })
  let missing: readonly string[] = []
  const exit = new ExitWatch({ child, control, ...deps })
  control.send(promptLine(task.prompt))
  notes.connect(control.desk)
  readLines(child.stdout, (text) => {
    logs.stream.write(`${text}\n`)
    const line = parseLine(text)
    if (line === null) return
    if (!isHeartbeat(line)) deps.onProgress()
    if (!control.take(line)) transcript.take(line)
    if (missing.length === 0) {
      missing = missingServers(runtime, transcript)
      // An agent that lacks a tool makes something up; it is stopped before it does.
      if (missing.length > 0) void child.stop()
    }
    exit.look(transcript)
  })
  try {
    const end = await child.ended
    return { ...end, transcript, missing, isStuck: exit.isStuck }
  } finally {
    notes.connect(null)
    exit.close()
    transcript.closeTools()
    recorder.flush()
  }
}

/** Of the servers that the run was to have, those that did not connect. Empty before the CLI has said so. */
function missingServers({ mcp = [] }: ClaudeRuntime, { servers, isStarted }: Transcript): readonly string[] {
  if (!isStarted) return []
  return mcp.map(({ server }) => server).filter((name) => !HERE.has(servers.get(name) ?? 'missing'))
}

/** `pending`: it may still come, and a call waits for it. */
const HERE: ReadonlySet<string> = new Set(['connected', 'pending'])

interface ExitDeps extends Pick<ClaudeDeps, 'clock' | 'halt' | 'recorder' | 'notes'> {
  readonly child: Child
  readonly control: Control
}

/** Waits for the exit that has to follow a result, and helps when it does not come. */
class ExitWatch {
  isStuck = false
  readonly #deps: ExitDeps
  #callOff: (() => void) | null = null

  constructor(deps: ExitDeps) {
    this.#deps = deps
  }

  /** Called for each line. A turn that a background task or a note begins after the result starts the wait anew. */
  look(transcript: Transcript): void {
    this.close()
    if (!transcript.isTurnOver || transcript.backgroundTasks > 0) return
    const { child, control, clock, halt, recorder, notes } = this.#deps
    if (control.desk.isEmpty || halt.reason !== null) {
      // No more turns: the end of its input tells the CLI to exit.
      notes.connect(null)
      child.stdin?.end()
    }
    this.#callOff = clock.after(EXIT_PATIENCE_MS, () => {
      this.isStuck = true
      recorder.note('warn', 'The agent gave its result but did not exit, so it was stopped.', 'agent.stuck')
      void child.stop()
    })
  }

  close(): void {
    this.#callOff?.()
    this.#callOff = null
  }
}

/** Says that a call still runs, not that it gets on. */
function isHeartbeat(line: Json): boolean {
  return line['type'] === 'tool_progress' && line['heartbeat'] === true
}
