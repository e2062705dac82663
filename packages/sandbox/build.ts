import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { RunId, RunnerBoot, SandboxId } from '@errand/contracts'
import { oomFileIn, removeCgroups } from './cgroup/cgroupFolders.ts'
import { type Limits, limitWords } from './cgroup/limiter.ts'
import type { SandboxConfig, SandboxDeps } from './config.ts'
import { launchCommand } from './launch/command.ts'
import { launch } from './launch/launch.ts'
import { INSIDE, type Mount, type SandboxFiles } from './layout.ts'
import { newFolder, prepareRoot, readableByAll, type Shared } from './prepare.ts'
import type { SandboxRecord } from './record.ts'
import { deleteFolder, setAside } from './stop.ts'
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

/** A sandbox that nothing was started in yet, under a name at which nobody looks. */
export interface Built {
  readonly files: SandboxFiles
  readonly record: SandboxRecord
}

/** Folder, uid and cgroups. The uid is held until it is released; what fails is taken back, the uid too. */
export async function build(
  { limits, name, hasWall }: { readonly limits: Limits; readonly name: string; readonly hasWall: boolean },
  { config, deps, uids }: StartParts,
): Promise<Built> {
  await prepareRoot(config.folder)
  const uid = hasWall && deps.isRoot ? await uids.take() : null
  // No two have one: what is left of an earlier attempt for the same run is taken away while this one begins.
  const cgroup = `errand-${name}-${randomBytes(4).toString('hex')}`
  const cgroups = deps.limiter.folders(cgroup)
  const record = {
    startedAt: deps.now(),
    uid,
    cgroups,
    limits: limitWords(deps.limiter, limits),
    isPlain: !hasWall,
  }
  let files: SandboxFiles | null = null
  try {
    files = await newFolder(config.folder, record)
    await deps.limiter.create(cgroup, limits)
    return { files, record }
  } catch (error) {
    await removeCgroups(cgroups)
    if (files !== null) await deleteFolder(files.folder)
    if (uid !== null) uids.release(uid)
    throw error
  }
}

export async function discard(folder: string): Promise<void> {
  const aside = await setAside(folder)
  if (aside !== null) await deleteFolder(aside)
}

/** Behind the wall. Without a line, what is inside waits for one. */
export async function launchInside(
  input: Pick<StartSandbox, 'gatewayFolder' | 'mounts' | 'image' | 'program'>,
  { files, record }: Built,
  { parts, line }: { readonly parts: StartParts; readonly line: string | null },
): Promise<ChildProcess> {
  const { config } = parts
  const oomFile = oomFileOf(record)
  const shared = await parts.shared()
  const program = await readableByAll(config.folder, input.program?.path ?? config.runnerPath)
  const { gatewayFolder, mounts = [], image = null } = input
  const sources = { ...shared, root: config.folder, files, gatewayFolder, mounts, program, oomFile, image }
  const seccompFile = image === null ? shared.seccomp : shared.seccompForImages
  const command = launchCommand(sources, { cgroups: record.cgroups, uid: record.uid, seccompFile })
  return launch(command, { files, line })
}

/** What the first process inside reads first. */
export function lineInside(input: Pick<StartSandbox<SandboxId>, 'token' | 'program'>, record: SandboxRecord): string {
  return bootLine(input, {
    gateway: { kind: 'socket', path: INSIDE.gatewaySocket },
    workspace: INSIDE.workspace,
    home: INSIDE.home,
    claudePath: INSIDE.claude,
    oomFile: oomFileOf(record) === null ? null : INSIDE.oomFile,
  })
}

export function bootLine(
  { token, program }: Pick<StartSandbox<SandboxId>, 'token' | 'program'>,
  boot: Omit<RunnerBoot, 'token'>,
): string {
  return JSON.stringify({ ...boot, token, ...program?.boot })
}

export function oomFileOf(record: SandboxRecord): string | null {
  const candidates = record.cgroups.map(oomFileIn).flatMap(({ v1, v2 }) => [v2, v1])
  return candidates.find((file) => existsSync(file)) ?? null
}
