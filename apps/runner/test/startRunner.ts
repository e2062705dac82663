import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { newId, type RunnerBoot, type RunSpec } from '@errand/contracts'
import {
  type FakeGateway,
  type FakeGatewayOptions,
  type Folder,
  startFakeGateway,
  temporaryFolder,
  until,
} from '@errand/testkit'
import { runnerBundle } from './bundle.ts'

const CLAUDE = join(import.meta.dirname, '../../../.toolchain/bin/claude')

export function aSpec(fields: Partial<RunSpec> = {}): RunSpec {
  return {
    runId: newId('run', new Date()),
    prompt: 'Do the task\nand do it well.',
    runtime: { kind: 'script', script: 'true' },
    repositories: [],
    inputs: [],
    setup: null,
    verify: null,
    env: {},
    budgetUsd: null,
    deadlineAt: new Date(Date.now() + 120_000).toISOString(),
    noProgressMs: 60_000,
    maxArtifactBytes: 10_000_000,
    maxArtifacts: 50,
    ...fields,
  }
}

/** A real runner process at work for a gateway that keeps what it is told. */
export interface RunnerAtWork {
  readonly gateway: FakeGateway
  readonly process: ChildProcess
  readonly folder: string
  readonly workspace: string
  readonly home: string
  /** Settles with its exit code. */
  readonly exited: Promise<number | null>
  /** What it printed beside its events; empty unless something is broken. */
  printed(): string
  close(): Promise<void>
}

export async function startRunner(
  options: Omit<FakeGatewayOptions, 'spec'> & {
    readonly spec: RunSpec
    readonly boot?: Partial<RunnerBoot>
    /** Its workspace lies on a disk of this size, which only it sees. */
    readonly diskMib?: number
  },
): Promise<RunnerAtWork> {
  const folder: Folder = await temporaryFolder('errand-runner')
  const gateway = await startFakeGateway(options)
  const [workspace, home] = [join(folder.path, 'workspace'), join(folder.path, 'home')]
  await mkdir(workspace)
  await mkdir(home)
  const boot: RunnerBoot = {
    gateway: { kind: 'socket', path: gateway.socketPath },
    token: gateway.token,
    workspace,
    home,
    claudePath: CLAUDE,
    oomFile: null,
    ...options.boot,
  }
  const command = onDisk(options.diskMib, workspace, [process.execPath, await runnerBundle()])
  const child = spawn(command[0] ?? '', command.slice(1), {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.stdin.write(`${JSON.stringify(boot)}\n`)
  return {
    gateway,
    process: child,
    folder: folder.path,
    workspace,
    home,
    exited,
    printed: () => text,
    async close() {
      child.kill('SIGKILL')
      await exited
      await gateway.close()
      await folder.remove()
    },
  }
}

/** The run's last word. Fails with what the runner printed when it exits without one. */
export async function lastWord(
  run: RunnerAtWork,
  deadlineMs = 20_000,
): Promise<NonNullable<ReturnType<FakeGateway['finished']>>> {
  const { gateway, process: child } = run
  try {
    await until(() => gateway.finished() !== undefined || child.exitCode !== null, {
      deadlineMs,
      what: 'the last word',
    })
    const last = gateway.finished()
    if (last !== undefined) return last
    throw new Error('the runner ended without a last word')
  } catch (error) {
    throw new Error(
      `${(error as Error).message}; printed: ${run.printed()}; events: ${JSON.stringify(run.gateway.bodies().slice(-5))}`,
      { cause: error },
    )
  }
}

function onDisk(diskMib: number | undefined, folder: string, command: readonly string[]): readonly string[] {
  if (diskMib === undefined) return command
  const shell = `mount -t tmpfs -o size=${diskMib}m none "$0" && exec "$@"`
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', shell, folder, ...command]
}
