import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { limitWords, type LimitKind } from './cgroup/limiter.ts'
import type { IsolationFailure, SandboxConfig, SandboxDeps } from './config.ts'
import { seccompFilter } from './seccomp/filter.ts'
import { SYSTEM_PATH } from './stop.ts'

/** What this machine lets us do, found by doing it. */
export interface Capabilities {
  readonly isolation: 'bubblewrap' | 'none'
  /** With `none`: what happened, and what a person can do about it. */
  readonly why: string | null
  readonly remedy: string | null
  readonly limits: readonly LimitKind[]
  /** In words, for example values. */
  readonly limitWords: string
  /** Each live run has a uid of its own. */
  readonly hasOwnUid: boolean
  readonly hasSeccomp: boolean
}

/** Builds the same kind of wall around `true`. A failure is an answer, not an error. */
async function tryBubblewrap(uid: number | null): Promise<IsolationFailure | null> {
  if (!isOnPath('bwrap')) return { why: 'bubblewrap is not installed', remedy: 'apt-get install bubblewrap' }
  const drop = uid === null ? [] : ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--']
  const stage = uid === null ? [] : ['unshare', '--mount', '--propagation', 'private', '--']
  const { code, output } = await runToEnd([...stage, ...drop, 'bwrap', ...PROBE])
  if (code === 0) return null
  const words = output.trim().split('\n').at(-1) ?? ''
  return { why: words === '' ? `bubblewrap ended with ${code}` : words, remedy: remedyFor(words) }
}

const PROBE = [
  ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session', '--as-pid-1'],
  ...['--uid', '10001', '--gid', '10001', '--cap-drop', 'ALL', '--proc', '/proc', '--dev', '/dev'],
  ...[
    '--ro-bind',
    '/usr',
    '/usr',
    '--symlink',
    'usr/lib',
    '/lib',
    '--symlink',
    'usr/lib64',
    '/lib64',
    '--',
    '/usr/bin/true',
  ],
]

function remedyFor(words: string): string {
  if (/uid map|setting up uid/i.test(words) && existsSync('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'))
    return 'AppArmor forbids user namespaces to programs it does not know: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or add an AppArmor profile for bwrap'
  if (/disable-userns|unknown option/i.test(words)) return 'this bubblewrap is too old: version 0.8 or newer is needed'
  if (/mount proc/i.test(words))
    return 'this container hides parts of /proc: start it with --security-opt systempaths=unconfined'
  if (/^unshare: unshare failed/i.test(words))
    return 'root of this container may not mount: start it with --cap-add SYS_ADMIN'
  if (/namespace|uid map|clone|unshare|Operation not permitted|No space left/i.test(words))
    return 'the kernel or the container forbids user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000, or start the container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined'
  return 'run the same by hand to see more: bwrap --unshare-all --ro-bind / / true'
}

function isOnPath(name: string): boolean {
  return SYSTEM_PATH.split(':').some((folder) => existsSync(`${folder}/${name}`))
}

async function runToEnd(command: readonly string[]): Promise<{ code: number | null; output: string }> {
  const [program = '', ...args] = command
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: SYSTEM_PATH, LANG: 'C' } })
    let output = ''
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}

/** Asks once; only a yes is remembered, because what is missing may be installed while we run. */
export function prober(config: Pick<SandboxConfig, 'uids'>, deps: SandboxDeps): () => Promise<Capabilities> {
  const { limiter, isRoot, tryIsolation = () => tryBubblewrap(isRoot ? config.uids.first : null) } = deps
  let found: Capabilities | undefined
  return async () => {
    if (found !== undefined) return found
    const failure = await tryIsolation()
    const seen: Capabilities = {
      isolation: failure === null ? 'bubblewrap' : 'none',
      why: failure?.why ?? null,
      remedy: failure?.remedy ?? null,
      limits: limiter.enforces,
      limitWords: limitWords(limiter, DEFAULT_LIMITS),
      hasOwnUid: failure === null && isRoot,
      hasSeccomp: failure === null && seccompFilter(process.arch) !== null,
    }
    if (failure === null) found = seen
    return seen
  }
}

/** Those of an agent that names none. */
const DEFAULT_LIMITS = { memoryMib: 4096, cpus: 2, pids: 1024 }
