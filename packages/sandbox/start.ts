import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault, type RunId, type RunnerBoot, type SandboxId } from '@errand/contracts'
import { oomFileIn, removeCgroups } from './cgroup/cgroupFolders.ts'
import { type Limits, limitWords } from './cgroup/limiter.ts'
import type { SandboxConfig, SandboxDeps } from './config.ts'
import { launchCommand, plainCommand } from './launch/command.ts'
import { launch } from './launch/launch.ts'
import { INSIDE, type Mount, type SandboxFiles, sandboxFiles, sandboxFolder } from './layout.ts'
import { newFolder, prepareRoot, readableByAll, type Shared } from './prepare.ts'
import type { SandboxRecord } from './record.ts'
import { deleteFolder, setAside, SYSTEM_PATH } from './stop.ts'
import type { UidPool } from './uids.ts'

export interface StartSandbox<I extends SandboxId = RunId> {
  /** Whose it is. */
  readonly runId: I
  /** The run token. It goes through standard input and is in no file, argument or environment. */
  readonly token: string
  /** Holds `gateway.sock`. The folder is shown inside, so a socket that a restarted gateway makes anew is seen. */
  readonly gatewayFolder: string
  readonly limits: Limits
  /** What a machine without isolation does: refuse (the default), or run it as a plain process that can read our files. */
  readonly withoutIsolation?: 'refuse' | 'run-as-plain-process'
  readonly mounts?: readonly Mount[]
  /**
   * Where, among the mounts, the files of an image lie that a program inside may take as its root (`unshare --root`). It gets
   * what is mounted in every root, and this one ability. The wall around the sandbox is the same: it is a view, no wall.
   */
  readonly image?: string
  /** Instead of the runner: a JavaScript or TypeScript file, and fields to add to its boot line. */
  readonly program?: { readonly path: string; readonly boot: Readonly<Record<string, unknown>> }
}

/** What starting takes besides the request. */
export interface StartParts {
  readonly config: SandboxConfig<'run' | 'instance'>
  readonly deps: SandboxDeps
  readonly uids: UidPool
  readonly isIsolated: () => Promise<boolean>
  readonly shared: () => Promise<Shared>
}

/** Builds a new sandbox and starts it; the caller has seen that none is running. What fails half-way is taken back. */
export async function startSandbox(
  input: StartSandbox<SandboxId>,
  parts: StartParts,
): Promise<{ child: ChildProcess; limits: string }> {
  const { config, deps, uids } = parts
  const hasWall = await parts.isIsolated()
  if (!hasWall && input.withoutIsolation !== 'run-as-plain-process') throw new Fault('agent.isolation-required')
  await prepareRoot(config.folder)
  const uid = hasWall && deps.isRoot ? await uids.take() : null
  try {
    const limits = limitWords(deps.limiter, input.limits)
    const record = {
      startedAt: deps.now(),
      uid,
      cgroups: deps.limiter.folders(cgroupName(input)),
      limits,
      isPlain: !hasWall,
    }
    const files = await build(input, record, parts)
    try {
      const start = hasWall ? startInside : startPlain
      return { child: await start(input, { files, record, parts }), limits }
    } catch (error) {
      await discard(files.folder)
      throw error
    }
  } finally {
    if (uid !== null) uids.release(uid)
  }
}

interface Built {
  readonly files: SandboxFiles
  readonly record: SandboxRecord
  readonly parts: StartParts
}

/** Folder and cgroups, made under another name first: what bears the run's name is whole. */
async function build(
  input: StartSandbox<SandboxId>,
  record: SandboxRecord,
  { config, deps }: StartParts,
): Promise<SandboxFiles> {
  const folder = sandboxFolder(config.folder, input.runId)
  // One that never began: an earlier server died between making and starting it.
  await discard(folder)
  const fresh = await newFolder(config.folder, record)
  try {
    await deps.limiter.create(cgroupName(input), input.limits)
    await rename(fresh.folder, folder)
  } catch (error) {
    await removeCgroups(record.cgroups)
    await deleteFolder(fresh.folder)
    throw error
  }
  return sandboxFiles(folder)
}

async function startInside(input: StartSandbox<SandboxId>, { files, record, parts }: Built): Promise<ChildProcess> {
  const { config } = parts
  const oomFile = oomFileOf(record)
  const shared = await parts.shared()
  const program = await readableByAll(config.folder, input.program?.path ?? config.runnerPath)
  const { gatewayFolder, mounts = [], image = null } = input
  const sources = { ...shared, root: config.folder, files, gatewayFolder, mounts, program, oomFile, image }
  const seccompFile = image === null ? shared.seccomp : shared.seccompForImages
  const command = launchCommand(sources, { cgroups: record.cgroups, uid: record.uid, seccompFile })
  const line = bootLine(input, {
    gateway: { kind: 'socket', path: INSIDE.gatewaySocket },
    workspace: INSIDE.workspace,
    home: INSIDE.home,
    claudePath: INSIDE.claude,
    oomFile: oomFile === null ? null : INSIDE.oomFile,
  })
  return launch(command, { files, line })
}

async function startPlain(
  input: StartSandbox<SandboxId>,
  { files, record, parts: { config } }: Built,
): Promise<ChildProcess> {
  const command = [config.nodePath, input.program?.path ?? config.runnerPath]
  const line = bootLine(input, {
    gateway: { kind: 'socket', path: `${input.gatewayFolder}/gateway.sock` },
    workspace: files.workspace,
    home: files.home,
    claudePath: config.claudePath,
    oomFile: oomFileOf(record),
  })
  const env = { PATH: `${dirname(config.nodePath)}:${SYSTEM_PATH}`, HOME: files.home, TMPDIR: files.tmp }
  return launch(plainCommand(files, command, record.cgroups), { files, line, env })
}

function bootLine(input: StartSandbox<SandboxId>, boot: Omit<RunnerBoot, 'token'>): string {
  return JSON.stringify({ ...boot, token: input.token, ...input.program?.boot })
}

function cgroupName({ runId }: StartSandbox<SandboxId>): string {
  return `errand-${runId}`
}

async function discard(folder: string): Promise<void> {
  const aside = await setAside(folder)
  if (aside !== null) await deleteFolder(aside)
}

function oomFileOf(record: SandboxRecord): string | null {
  const candidates = record.cgroups.map(oomFileIn).flatMap(({ v1, v2 }) => [v2, v1])
  return candidates.find((file) => existsSync(file)) ?? null
}
