import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { programInside, type SandboxFiles } from '../layout.ts'
import { bwrapArguments, type Pieces } from './bwrapArguments.ts'

const LAUNCHER = fileURLToPath(new URL('launcher.sh', import.meta.url))

/** Whole folders are shown once and pieces found below them: each mount costs a process. */
export interface Sources {
  readonly files: SandboxFiles
  readonly etc: string
  readonly gatewayFolder: string
  readonly node: string
  readonly claude: string
  readonly runnerNode: string
  readonly program: string
  readonly oomFile: string | null
}

export interface LaunchOptions {
  readonly cgroups: readonly string[]
  /** The uid that everything in the sandbox is outside, when we are root; null: our own. */
  readonly uid: number | null
  readonly seccompFile: string | null
}

/**
 * The whole chain as one command line. As root: a mount namespace of its own, in which the pieces are shown on a tmpfs,
 * because the sandbox's uid cannot walk through the folders above them (a home folder is 0700); then that uid; then bwrap.
 */
export function launchCommand(sources: Sources, { cgroups, uid, seccompFile }: LaunchOptions): readonly string[] {
  const stage = uid === null ? null : stageFolder(Object.values(pathsOf(sources)))
  const joins = cgroups.flatMap((folder) => ['join', join(folder, 'cgroup.procs')])
  const seccomp = seccompFile === null ? [] : ['seccomp', seccompFile]
  const shown = stage === null ? [] : ['stage', stage, ...showWords(sources, stage)]
  const bwrap = ['bwrap', ...bwrapArguments(piecesOf(sources, stage), { hasSeccomp: seccompFile !== null })]
  const launcher = ['bash', LAUNCHER, sources.files.folder, ...joins, ...seccomp, ...shown, '--']
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
  const joins = cgroups.flatMap((folder) => ['join', join(folder, 'cgroup.procs')])
  return ['bash', LAUNCHER, files.folder, ...joins, '--', ...command]
}

type Shown = 'files' | 'etc' | 'gatewayFolder' | 'node' | 'claude' | 'runnerNode' | 'program'

function pathsOf(sources: Sources): Record<Shown, string> {
  const { files, etc, gatewayFolder, node, claude, runnerNode, program } = sources
  return { files: files.folder, etc, gatewayFolder, node, claude, runnerNode, program }
}

function showWords(sources: Sources, stage: string): readonly string[] {
  return Object.entries(pathsOf(sources)).flatMap(([name, path]) => ['show', path, join(stage, name)])
}

function piecesOf(sources: Sources, stage: string | null): Pieces {
  const paths = pathsOf(sources)
  const at = (name: Shown) => (stage === null ? paths[name] : join(stage, name))
  const inFolder = (path: string) => join(at('files'), path.slice(sources.files.folder.length + 1))
  return {
    workspace: inFolder(sources.files.workspace),
    home: inFolder(sources.files.home),
    tmp: inFolder(sources.files.tmp),
    etc: at('etc'),
    gatewayFolder: at('gatewayFolder'),
    node: at('node'),
    claude: at('claude'),
    runnerNode: at('runnerNode'),
    program: at('program'),
    programInside: programInside(sources.program),
    oomFile: sources.oomFile,
  }
}

/** Every system has some of these; one that none of the sources lies below, or mounting on it would hide them. */
const STAGES = ['/mnt', '/media', '/srv', '/opt', '/var/opt', '/var/local', '/boot']

function stageFolder(sources: readonly string[]): string {
  const isFree = (folder: string) => existsSync(folder) && !sources.some((source) => source.startsWith(`${folder}/`))
  const found = STAGES.find(isFree)
  if (found === undefined) throw new Error(`none of ${STAGES.join(', ')} is there and free to mount on`)
  return found
}
