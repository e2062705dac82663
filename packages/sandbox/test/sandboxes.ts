import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId, type RunId } from '@errand/contracts'
import { quietLog } from '@errand/testkit'
import { DEFAULT_UIDS, detectLimiter, type Executor, type Limits, localExecutor, type SandboxDeps } from '../index.ts'

export const LIMITS: Limits = { memoryMib: 512, cpus: 1, pids: 100 }

/** A folder of sandboxes and programs to run in them, all real. */
export interface Place {
  readonly root: string
  readonly folder: string
  readonly gatewayFolder: string
  /** Says that it waits, then its boot line, and lives until it is killed. */
  readonly runnerPath: string
  /** A new executor on the same folder, as after a restart. */
  executor(deps?: Partial<SandboxDeps>, nodePath?: string): Executor
  /** Starts a sandbox whose first process runs this JavaScript; `boot` is the parsed boot line. */
  start(
    executor: Executor,
    source: string,
    more?: { limits?: Partial<Limits>; boot?: Record<string, unknown> },
  ): Promise<RunId>
  /** What its first process has printed. */
  printed(runId: RunId): Promise<string>
  /** Kills and removes everything, and deletes the folder. */
  close(): Promise<void>
}

export async function makePlace(parent: string = tmpdir()): Promise<Place> {
  const root = await mkdtemp(join(parent, 'errand-sandbox-'))
  const folder = join(root, 'sandboxes')
  const gatewayFolder = join(root, 'gw')
  await mkdir(gatewayFolder)
  const runnerPath = join(root, 'runner.mjs')
  await writeFile(runnerPath, `console.log('waits')\n${PRELUDE}\nconsole.log(JSON.stringify(boot))\nforever()`)
  const executors: Executor[] = []
  const programs = { count: 0 }
  const open = (deps: Partial<SandboxDeps> = {}, nodePath = process.execPath) => {
    const executor = localExecutor(
      { holds: 'run', folder, nodePath, claudePath: CLAUDE, runnerPath, uids: DEFAULT_UIDS },
      { log: quietLog(), now: () => new Date(), limiter: detectLimiter(), isRoot: process.getuid?.() === 0, ...deps },
    )
    executors.push(executor)
    return executor
  }
  return {
    root,
    folder,
    gatewayFolder,
    runnerPath,
    executor: open,
    async start(executor, source, { limits = {}, boot = {} } = {}) {
      const path = join(root, `program${++programs.count}.mjs`)
      await writeFile(path, `${PRELUDE}\n${source}`)
      const runId = newId('run', new Date())
      await executor.start({
        runId,
        token: TOKEN,
        gatewayFolder,
        limits: { ...LIMITS, ...limits },
        program: { path, boot },
      })
      return runId
    },
    printed: (runId) => readFile(join(folder, runId, 'runner.log'), 'utf8'),
    async close() {
      const last = open()
      for (const runId of await last.list()) {
        await last.kill(runId)
        await last.remove(runId)
      }
      await last.tidy()
      for (const executor of executors) await executor.close()
      await rm(root, { recursive: true })
    },
  }
}

export const TOKEN = 'the-token-that-nobody-may-see'

/** The boot line as a runner reads it. */
const PRELUDE = `
import fs from 'node:fs'
import net from 'node:net'
import { spawn, spawnSync } from 'node:child_process'
const boot = JSON.parse(fs.readFileSync(0, 'utf8'))
const sh = (command) => { const r = spawnSync('bash', ['-c', command], { encoding: 'utf8' }); return (r.stdout + r.stderr).trim() }
const forever = () => setInterval(() => {}, 60_000)
`

// Any file will do where no test runs it; the real one where the toolchain is.
const installed = join(import.meta.dirname, '../../../.toolchain/bin/claude')
const CLAUDE = existsSync(installed) ? installed : '/bin/true'
