import { StringDecoder } from 'node:string_decoder'
import type { StepName } from '@errand/contracts'
import type { Clock } from '../clock.ts'
import type { Recorder } from '../events/recorder.ts'
import type { Halt } from '../halt.ts'
import { startChild } from './child.ts'
import type { LogFile } from './logFile.ts'
import { Tail } from './tail.ts'

export interface ShellCommand {
  readonly step: StepName
  /** Arguments of bash. */
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface ShellEnd {
  /** A process that was killed by a signal counts as 128 + its number, as a shell says it. */
  readonly exitCode: number
  readonly ms: number
  /** The last 16 kB of what it printed. */
  readonly output: string
  readonly lastLine: string
}

export interface ShellDeps {
  readonly clock: Clock
  readonly halt: Halt
  readonly recorder: Recorder
  readonly log: LogFile
  readonly onProgress: () => void
}

const EVIDENCE_CHARS = 16 * 1024
const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
  SIGSEGV: 11,
  SIGABRT: 6,
}

/** Runs bash and says what it prints as it prints it. A halt stops it; the caller looks at the halt. */
export async function runShell(command: ShellCommand, deps: ShellDeps): Promise<ShellEnd> {
  const { clock, halt, recorder, log } = deps
  const startedAt = clock.now()
  const tail = new Tail(EVIDENCE_CHARS)
  const { args, cwd, env, step } = command
  const child = startChild({ command: 'bash', args, cwd, env, interrupt: 'group', hasInput: false }, clock)
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new StringDecoder('utf8')
    const take = (text: string): void => {
      tail.add(text)
      recorder.append({ type: 'output.appended', step }, text)
    }
    stream.on('data', (chunk: Buffer) => {
      deps.onProgress()
      log.write(chunk)
      take(decoder.write(chunk))
    })
    stream.once('close', () => take(decoder.end()))
  }
  const stop = (): void => void child.stop()
  halt.signal.addEventListener('abort', stop, { once: true })
  if (halt.reason !== null) stop()
  try {
    const { exitCode, signal } = await child.ended
    const killedBy = signal === null ? 1 : 128 + (SIGNAL_NUMBERS[signal] ?? 0)
    return { exitCode: exitCode ?? killedBy, ms: clock.now() - startedAt, output: tail.text, lastLine: tail.lastLine }
  } finally {
    halt.signal.removeEventListener('abort', stop)
    recorder.flush()
  }
}
