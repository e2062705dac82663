import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'

/** Of `/proc`: what the kernel counts processor time in. */
const TICK_MS = 10

/** Processor time that a process has had, in itself and in the kernel. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Memory of a process; what it shares counts in part. */
export async function pssKb(pid: number): Promise<number> {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  return (Number(kib) * 1024) / 1000
}

export interface Part {
  readonly pid: number
  /** What it printed on its first line, as JSON. */
  readonly said: unknown
  close(): Promise<void>
}

/** A program of the benchmark in a process of its own, told by its arguments; it says on one line that it is there. */
export async function startPart(
  program: URL,
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<Part> {
  const child = spawn(process.execPath, [...nodeArgs, program.pathname, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // A benchmark that fails must not leave it beside the next one.
  process.once('exit', () => child.kill('SIGKILL'))
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  if (typeof value !== 'string') throw new Error(`${program.pathname} said nothing`)
  return { pid: child.pid ?? 0, said: JSON.parse(value), close: () => ended(child) }
}

export function ended(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}
