import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { CliError, EXIT } from '../exit.ts'

interface Running {
  readonly cwd?: string
  /** A file that is its standard input. */
  readonly input?: string
  /** What to do when there is no such program, and when it fails. */
  readonly whenMissing: string
  readonly whenFailed: string
}

const LAST_WORDS_BYTES = 2_000

/** Runs a program of this machine to its end and gives what it printed. One that fails ends the command with its own last words. */
export async function runProgram(command: readonly [string, ...string[]], running: Running): Promise<string> {
  const { cwd, input } = running
  const source = input === undefined ? null : await open(input)
  try {
    const [file, ...args] = command
    const child = spawn(file, args, {
      stdio: [source?.fd ?? 'ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    })
    return await endOf(child, file, running)
  } finally {
    await source?.close()
  }
}

async function endOf(child: ChildProcess, file: string, { whenMissing, whenFailed }: Running): Promise<string> {
  const [printed, said]: [Buffer[], Buffer[]] = [[], []]
  child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk))
  const [code] = await (once(child, 'close') as Promise<[number | null]>).catch((error: NodeJS.ErrnoException) => {
    const isMissing = error.code === 'ENOENT'
    const words = isMissing ? `There is no ${file} on this machine.` : `${file} does not start: ${error.message}.`
    throw new CliError(EXIT.failed, words, isMissing ? whenMissing : whenFailed)
  })
  if (code === 0) return Buffer.concat(printed).toString()
  const words = Buffer.concat([...printed, ...said])
    .toString()
    .trim()
    .slice(-LAST_WORDS_BYTES)
  throw new CliError(EXIT.failed, `${file} ended with ${code ?? 'a signal'}: ${words}`, whenFailed)
}
