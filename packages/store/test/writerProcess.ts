import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '@errand/testkit'

/** The writer program, and what it has said so far. */
export class WriterProcess {
  readonly child: ChildProcess
  #said = ''
  #logged = ''

  constructor(folder: string, first: number) {
    const program = join(import.meta.dirname, 'programs', 'writer.ts')
    this.child = spawn(process.execPath, [program, folder, String(first)], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
    this.child.stderr?.on('data', (chunk: Buffer) => (this.#logged += chunk.toString()))
  }

  /** Numbers whose rows were acknowledged. A line that was cut by the kill was not heard by anybody. */
  acknowledged(): number[] {
    return this.#said
      .slice(0, this.#said.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => /^\d+$/.test(line))
      .map(Number)
  }

  log(): string {
    return this.#logged
  }

  /** Waits for this many more acknowledged rows. */
  async writes(more: number): Promise<void> {
    const from = this.acknowledged().length
    await until(() => this.acknowledged().length >= from + more, {
      deadlineMs: 30_000,
      what: `${more} more rows; ${this.#logged}`,
    })
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this
    child.kill(signal)
    await until(() => child.exitCode !== null || child.signalCode !== null, { what: 'the end of the writer' })
  }
}

/** Every running process of the Postgres in this folder. */
export function postgresIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === join(folder, 'data')
      } catch {
        return false
      }
    })
}

export function postmasterOf(folder: string): number {
  return Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
}
