import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { type Mount, programInside, type SandboxFiles } from '../layout.ts'
import { bwrapArguments, type Pieces } from './bwrapArguments.ts'
import { makeStage, NO_STAGE, type Stage } from './stage.ts'

const LAUNCHER = fileURLToPath(new URL('launcher.sh', import.meta.url))

/** Where everything that goes into a sandbox lies, as we see it. */
export interface Sources {
  /** Holds the sandbox's own folder, `etc` and `runnerNode`. */
  readonly root: string
  readonly files: SandboxFiles
  readonly etc: string
  readonly runnerNode: string
  readonly gatewayFolder: string
  readonly node: string
  readonly claude: string
  readonly program: string
  readonly oomFile: string | null
  readonly mounts: readonly Mount[]
  readonly image: string | null
}

export interface LaunchOptions {
  readonly cgroups: readonly string[]
  /** The uid that everything in the sandbox is outside, when we are root; null: our own. */
  readonly uid: number | null
  readonly seccompFile: string | null
}

/**
 * The whole chain as one command line. As root: a mount namespace of its own, where the launcher shows what the sandbox's
 * uid could not reach; then that uid; then bwrap.
 */
export function launchCommand(sources: Sources, { cgroups, uid, seccompFile }: LaunchOptions): readonly string[] {
  const { root, gatewayFolder, node, claude, program, files } = sources
  const folders = [root, gatewayFolder, ...sources.mounts.map(({ source }) => source)]
  const stage = uid === null ? NO_STAGE : makeStage(folders, [node, claude, program])
  const seccomp = seccompFile === null ? [] : ['seccomp', seccompFile]
  const bwrap = ['bwrap', ...bwrapArguments(piecesOf(sources, stage), { hasSeccomp: seccompFile !== null })]
  const launcher = ['bash', LAUNCHER, files.folder, ...joins(cgroups), ...seccomp, ...stage.words, '--']
  if (uid === null) return [...launcher, ...bwrap]
  const drop = ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--']
  return ['unshare', '--mount', '--propagation', 'private', '--', ...launcher, ...drop, ...bwrap]
}

/** The same launcher without any wall: a plain child process that can read what we can. */
export function plainCommand(
  files: SandboxFiles,
  command: readonly string[],
  cgroups: readonly string[],
): readonly string[] {
  return ['bash', LAUNCHER, files.folder, ...joins(cgroups), '--', ...command]
}

function joins(cgroups: readonly string[]): readonly string[] {
  return cgroups.flatMap((folder) => ['join', join(folder, 'cgroup.procs')])
}

function piecesOf(sources: Sources, stage: Stage): Pieces {
  const { files, etc, runnerNode, gatewayFolder, node, claude, program, oomFile, image } = sources
  return {
    workspace: stage.find(files.workspace),
    home: stage.find(files.home),
    tmp: stage.find(files.tmp),
    etc: stage.find(etc),
    gatewayFolder: stage.find(gatewayFolder),
    node: stage.find(node),
    claude: stage.find(claude),
    runnerNode: stage.find(runnerNode),
    program: stage.find(program),
    programInside: programInside(program),
    oomFile,
    image,
    mounts: sources.mounts.map(({ source, target }) => ({ source: stage.find(source), target })),
  }
}
