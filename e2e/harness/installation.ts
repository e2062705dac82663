import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort, until } from '@errand/testkit'
import { type ClusterPlace, clusterPlace } from './cluster.ts'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const LOCAL = join(ROOT, 'apps/local/dist/local.mjs')
const CLI = join(ROOT, 'apps/cli/main.ts')

type Env = Readonly<Record<string, string>>

/** What a finished command left. `lines` are its JSON lines where it printed any. */
export interface Printed {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * One Errand on this machine in a data folder of its own: the real processes, started as `npm start` starts them.
 * `kill()` is `kill -9` of the server alone; what it leaves behind is what a user would find.
 */
export class Installation {
  readonly folder: string
  readonly port: number
  /** Where its runs live; null: on this machine. */
  readonly place: ClusterPlace | null
  readonly #env: Readonly<Record<string, string>>
  readonly #prefix: readonly string[]
  #server: ChildProcess | undefined
  #printed = ''

  private constructor(
    folder: string,
    { port, place, env, prefix }: { port: number; place: ClusterPlace | null; env: Env; prefix: readonly string[] },
  ) {
    this.folder = folder
    this.port = port
    this.place = place
    this.#env = { ...place?.env, ...env }
    this.#prefix = prefix
  }

  /**
   * With a database that is made already (`globalSetup.ts`).
   * `prefix`: a command that becomes the server, for a scenario that changes what the server sees of the machine.
   */
  static async make(env: Env = {}, prefix: readonly string[] = []): Promise<Installation> {
    const errand = await Installation.fromNothing(env, prefix)
    const database = process.env['ERRAND_E2E_DATABASE']
    if (database !== undefined) await promisify(execFile)('cp', ['-a', database, join(errand.folder, 'postgres')])
    return errand
  }

  /** An empty folder, as a user's first start finds it. */
  static async fromNothing(env: Env = {}, prefix: readonly string[] = []): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'errand-e2e-'))
    return new Installation(folder, { port: await freePort(), place: await clusterPlace(), env, prefix })
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get pid(): number {
    const pid = this.#server?.pid
    if (pid === undefined) throw new Error('the server is not running')
    return pid
  }

  /** What the server printed to its terminal so far. */
  get printed(): string {
    return this.#printed
  }

  async start(): Promise<void> {
    const server = this.spawnServer()
    this.#server = server
    const state = await until(
      async () => {
        if (server.exitCode !== null || server.signalCode !== null) return 'ended'
        return (await status(`${this.url}/readyz`)) === 200 && 'ready'
      },
      { deadlineMs: 60_000, what: 'a ready server' },
    )
    if (state === 'ended') throw new Error(`the server ended with ${server.exitCode}:\n${this.#printed}`)
  }

  /** Starts the server process without waiting for it: for start-ups that are meant to fail. */
  spawnServer(env: Record<string, string> = {}): ChildProcess {
    const [command, ...args] = [...this.#prefix, process.execPath, LOCAL]
    const server = spawn(command, args, {
      env: { ...this.environment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    server.stdout.on('data', (chunk: Buffer) => (this.#printed += chunk.toString()))
    server.stderr.on('data', (chunk: Buffer) => (this.#printed += chunk.toString()))
    return server
  }

  /** Ctrl-C; resolves with the exit code once the process is gone. */
  async stop(): Promise<number | null> {
    return this.#end('SIGINT')
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return server?.exitCode ?? null
    const gone = once(server, 'exit')
    server.kill(signal)
    await gone
    return server.exitCode
  }

  /** Stops the server and removes everything it stored, here and on the cluster. */
  async remove(): Promise<void> {
    await this.stop()
    await this.place?.remove()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** Runs `errand …` as a person on this machine would, to its end. */
  async errand(
    args: readonly string[],
    options: { input?: string; env?: Record<string, string> } = {},
  ): Promise<Printed> {
    const cli = this.spawnErrand(args, options.env)
    cli.stdin?.end(options.input ?? '')
    let stdout = ''
    let stderr = ''
    cli.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    cli.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    await once(cli, 'close')
    return { code: cli.exitCode, stdout, stderr }
  }

  spawnErrand(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [CLI, ...args], {
      env: { ...this.environment(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  }

  async token(): Promise<string> {
    return (await readFile(join(this.folder, 'cli-token'), 'utf8')).trim()
  }

  private environment(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      NO_COLOR: '1',
      ERRAND_DATA_DIR: this.folder,
      // Scenarios without a browser need no web process; those with one say yes.
      ERRAND_PAGES: 'no',
      ERRAND_PORT: String(this.port),
      ...this.#env,
    }
  }
}

/** The HTTP status of an address, or null while nothing answers there. */
export async function status(url: string): Promise<number | null> {
  try {
    const answer = await fetch(url)
    await answer.body?.cancel()
    return answer.status
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
