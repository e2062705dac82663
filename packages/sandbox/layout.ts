import { extname, join } from 'node:path'
import { OOM_FILES, type SandboxId } from '@errand/contracts'

/** Where things are inside every sandbox. */
export const INSIDE = {
  workspace: '/workspace',
  home: '/home/agent',
  gatewayFolder: '/run/errand',
  gatewaySocket: '/run/errand/gateway.sock',
  /** First on PATH: the agent's own Node and Claude Code. */
  bin: '/opt/errand/bin',
  node: '/opt/errand/bin/node',
  claude: '/opt/errand/bin/claude',
  /** Node without read permission: see `unreadableNode`. */
  runnerNode: '/opt/errand/lib/node',
  oomFile: OOM_FILES[0],
} as const

/** Its extension tells Node whether it is TypeScript. */
export function programInside(path: string): string {
  return `/opt/errand/lib/runner${extname(path)}`
}

export const PATH_INSIDE = `${INSIDE.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`

/** The user that the agent's processes are inside, whatever they are outside. */
export const AGENT_ID = 10_001

/** Something of this machine that a sandbox is shown. */
export interface Mount {
  readonly source: string
  /** Where it is inside. It can be read there, and no more. */
  readonly target: string
}

/** The files of one sandbox, below `<data>/sandboxes/<runId>`. */
export interface SandboxFiles {
  readonly folder: string
  readonly workspace: string
  readonly home: string
  readonly tmp: string
  /** JSON, written by us before anything is started: uid, cgroups, start time. */
  readonly record: string
  /** `<pid> <start time in ticks> <boot id>`, written by the launcher as its first act. */
  readonly pid: string
  /** bwrap's JSON about the process inside. */
  readonly inner: string
  /** The exit code, written by the launcher as its last act. */
  readonly exit: string
  /** What launcher, bwrap and runner print. */
  readonly log: string
}

export function sandboxFiles(folder: string): SandboxFiles {
  const at = (name: string) => join(folder, name)
  return {
    folder,
    workspace: at('workspace'),
    home: at('home'),
    tmp: at('tmp'),
    record: at('record.json'),
    pid: at('pid'),
    inner: at('inner.json'),
    exit: at('exit'),
    log: at('runner.log'),
  }
}

export function sandboxFolder(root: string, id: SandboxId): string {
  return join(root, id)
}

/** Folders under these names are half made or half removed; nothing runs in them and anybody may delete them. */
export const UNFINISHED = '.new-'
export const REMOVED = '.gone-'
