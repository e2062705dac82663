import { StringDecoder } from 'node:string_decoder'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Clock, pause } from '../clock.ts'
import { backoffMs } from '../gateway/backoff.ts'
import { startChild } from '../process/child.ts'
import { Tail } from '../process/tail.ts'
import { gitConfigEnv, type Rewrite, rewriteSettings } from './remotes.ts'

export interface GitEnd {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface GitCommand {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Gets what git prints, as it prints it; `stdout` is empty then. */
  readonly into?: Writable
  readonly signal?: AbortSignal
  readonly onProgress?: () => void
  /** Tried again when the way to the other side broke, as a restart of the gateway breaks it: for what may happen twice. */
  readonly mayRepeat?: boolean
}

export interface GitDeps {
  readonly clock: Clock
  readonly path: string
  readonly rewrites: readonly Rewrite[]
}

export type Git = (command: GitCommand) => Promise<GitEnd>

const MAX_STDERR_CHARS = 64 * 1024

/** Some ten seconds in all: a gateway is back long before that. */
const REPEATS = 8
/** git’s and curl’s words for a connection that broke, and for a gateway that is not itself for a moment. */
const BROKEN =
  /RPC failed; curl|unexpected disconnect|hung up unexpectedly|early EOF|Connection reset|Empty reply from server|Failed to connect|requested URL returned error: 50[34]/

export const GIT_IDENTITY = { name: 'Errand', email: 'errand@localhost' } as const

/** Things that a repository's own settings could make git execute or be led astray by; each is switched off. */
const SAFE_SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.sshCommand', 'false'],
  ['core.gitProxy', ''],
  ['core.alternateRefsCommand', 'true'],
  ['credential.helper', ''],
  ['diff.external', ''],
  ['diff.ignoreSubmodules', 'dirty'],
  ['commit.gpgSign', 'false'],
  ['push.gpgSign', 'false'],
  ['protocol.ext.allow', 'never'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['safe.directory', '*'],
  ['user.name', GIT_IDENTITY.name],
  ['user.email', GIT_IDENTITY.email],
]

/** The runner's own git: no settings of the machine's or the home's, none that execute anything, English words. */
export function createGit({ clock, path, rewrites }: GitDeps): Git {
  const base: Record<string, string> = {
    PATH: path,
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    LANGUAGE: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_EDITOR: 'true',
    GIT_PAGER: 'cat',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    ...gitConfigEnv([...SAFE_SETTINGS, ...rewriteSettings(rewrites)]),
  }
  return async (command) => {
    for (let failures = 0; ; failures++) {
      const end = await runGit({ ...command, env: { ...base, ...command.env } }, clock)
      const isWorthIt = command.mayRepeat === true && end.exitCode !== 0 && BROKEN.test(end.stderr)
      if (!isWorthIt || failures === REPEATS || command.signal?.aborted === true) return end
      await pause(clock, backoffMs(failures, Math.random), command.signal)
    }
  }
}

async function runGit(command: GitCommand & { env: Readonly<Record<string, string>> }, clock: Clock): Promise<GitEnd> {
  const { args, cwd, env, into, signal } = command
  const child = startChild({ command: 'git', args, cwd, env, interrupt: 'group', hasInput: false }, clock)
  const stop = (): void => void child.stop()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  const errors = new Tail(MAX_STDERR_CHARS)
  child.stderr.on('data', (chunk: Buffer) => {
    command.onProgress?.()
    errors.add(chunk.toString('utf8'))
  })
  const printed: string[] = []
  const reading = into === undefined ? collect(child.stdout, printed) : pipeline(child.stdout, into)
  try {
    const [{ exitCode }] = await Promise.all([child.ended, reading])
    return { exitCode: exitCode ?? 128, stdout: printed.join(''), stderr: errors.text }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

async function collect(stream: NodeJS.ReadableStream, into: string[]): Promise<void> {
  const decoder = new StringDecoder('utf8')
  for await (const chunk of stream) into.push(decoder.write(chunk as Buffer))
  into.push(decoder.end())
}

/** git's own words about a failure, without its progress and its hints. */
export function gitWords({ stderr, exitCode }: GitEnd): string {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trim())
  const telling = lines.filter(
    (line) => /^(fatal|error|remote|warning): |^ ?! /.test(line) && !/^remote: *$/.test(line),
  )
  const words = (telling.length > 0 ? telling : lines.filter((line) => line !== '')).slice(-12).join('\n')
  return words === '' ? `git ended with exit code ${exitCode}.` : words.slice(0, 2_000)
}
